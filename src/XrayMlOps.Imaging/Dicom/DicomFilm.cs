using XrayMlOps.Imaging.Decoding;

namespace XrayMlOps.Imaging.Dicom;

/// <summary>
/// What a data set says of its picture: a single-frame grey film of computed or digital radiography (PS3.3, C.7.6.3 and A.2, A.26).
/// A picture of any other kind is refused, and so is one that names its patient in its pixels.
/// </summary>
/// <param name="BitsAllocated">8 or 16: a pixel's place.</param>
/// <param name="BitsStored">8 to <paramref name="BitsAllocated"/>: of it, what counts.</param>
/// <param name="Shift">Unused bits below those that count.</param>
/// <param name="IsSigned">Stored values are two's complement.</param>
/// <param name="IsInverted">The lowest value is white (MONOCHROME1).</param>
/// <param name="Padding">Stored values that fill up the picture and are no part of it, first and last; null if there are none.</param>
internal sealed record DicomFilm(
    FilmInfo Info, int BitsAllocated, int BitsStored, int Shift, bool IsSigned, bool IsInverted, (int First, int Last)? Padding, DicomElement Pixels)
{
    private const string Storage = "1.2.840.10008.5.1.4.1.1.";

    private static readonly string[] s_modalities = ["CR", "DX"];

    // Computed radiography, digital X-ray for presentation, and secondary captures, as which films are often published: one frame, grey bytes, grey words.
    private static readonly string[] s_classes = [$"{Storage}1", $"{Storage}1.1", $"{Storage}7", $"{Storage}7.2", $"{Storage}7.3"];

    public int PixelCount => Info.Width * Info.Height;

    public int Bytes => PixelCount * (BitsAllocated / 8);

    /// <summary>The bits of a pixel that count, in their place.</summary>
    public int Mask => ((1 << BitsStored) - 1) << Shift;

    /// <summary>
    /// Throws <see cref="DicomRefusedException"/> with the reason. Nothing as large as the picture is allocated before the limits have
    /// admitted it.
    /// </summary>
    public static DicomFilm Of(DicomDataSet data, ImagingLimits limits)
    {
        if (!data.TryFind(DicomTag.PixelData, out var pixels)) throw DicomRefusedException.Truncated("the DICOM file ends before its pixel data");
        RefuseOtherKinds(data);
        var (columns, rows) = (data.RequiredShort(DicomTag.Columns), data.RequiredShort(DicomTag.Rows));
        if (columns == 0 || rows == 0) throw DicomRefusedException.Corrupt($"the DICOM file's header says {columns} x {rows} pixels");
        var admitted = limits.Admit(new FilmInfo(FilmFormat.Dicom, columns, rows));
        if (!admitted.Succeeded) throw new DicomRefusedException(admitted);

        var (allocated, stored) = (data.RequiredShort(DicomTag.BitsAllocated), data.RequiredShort(DicomTag.BitsStored));
        var high = data.RequiredShort(DicomTag.HighBit);
        if (allocated is not (8 or 16) || stored < 8 || stored > 16)
            throw DicomRefusedException.Unsupported($"the DICOM file stores {stored} of {allocated} bits a pixel; 8 to 16 of 8 or 16 are read");
        if (stored > allocated || high >= allocated || high < stored - 1)
            throw DicomRefusedException.Corrupt($"the DICOM file stores {stored} of {allocated} bits a pixel up to bit {high}");
        var representation = data.RequiredShort(DicomTag.PixelRepresentation);
        if (representation > 1) throw DicomRefusedException.Corrupt($"the DICOM file has pixel representation {representation}; 0 and 1 exist");
        var isSigned = representation == 1;
        var film = new DicomFilm(admitted.Info, allocated, stored, high + 1 - stored, isSigned, IsMonochrome1(data), PaddingOf(data, isSigned), pixels);
        film.CheckPixels(data.Syntax);
        return film;
    }

    private static void RefuseOtherKinds(DicomDataSet data)
    {
        var modality = data.Text(DicomTag.Modality) ?? throw DicomRefusedException.Corrupt("the DICOM file has no modality");
        if (!s_modalities.Contains(modality))
        {
            var named = DicomText.IsCode(modality) ? $"modality {modality}" : "a modality that is no code";
            throw DicomRefusedException.Unsupported($"the DICOM file is of {named}; {string.Join(" and ", s_modalities)} are read");
        }
        var sopClass = data.Text(DicomTag.SopClass);
        if (data.Text(DicomTag.PresentationIntentType) == "FOR PROCESSING" || sopClass == $"{Storage}1.1.1")
            throw DicomRefusedException.Unsupported("the DICOM file holds raw pixels for processing; send the picture for presentation");
        if (!s_classes.Contains(sopClass))
            throw DicomRefusedException.Unsupported("the DICOM file's SOP class is neither computed nor digital radiography nor secondary capture");
        if (data.Text(DicomTag.BurnedInAnnotation) == "YES")
            throw DicomRefusedException.Unsupported("the DICOM file says that its pixels carry burned-in annotation, which may tell who is shown");
        if (data.Integer(DicomTag.NumberOfFrames) is { } frames and not 1)
            throw DicomRefusedException.Unsupported($"the DICOM file has {frames} frames; 1 is read");
        if (data.RequiredShort(DicomTag.SamplesPerPixel) is var samples and not 1)
            throw DicomRefusedException.Unsupported($"the DICOM file has {samples} samples a pixel; 1 is read");
    }

    private static bool IsMonochrome1(DicomDataSet data) => data.Text(DicomTag.PhotometricInterpretation) switch
    {
        "MONOCHROME1" => true,
        "MONOCHROME2" => false,
        _ => throw DicomRefusedException.Unsupported("the DICOM file's photometric interpretation is neither MONOCHROME1 nor MONOCHROME2, which are read"),
    };

    private static (int First, int Last)? PaddingOf(DicomDataSet data, bool isSigned)
    {
        if (data.Short(DicomTag.PixelPaddingValue, isSigned) is not { } padding) return null;
        var limit = data.Short(DicomTag.PixelPaddingRangeLimit, isSigned) ?? padding;
        return (Math.Min(padding, limit), Math.Max(padding, limit));
    }

    private void CheckPixels(DicomTransferSyntax syntax)
    {
        if (Pixels.IsUndefined != (syntax.Pixels != PixelEncoding.Native))
            throw DicomRefusedException.Corrupt($"the DICOM file's pixels are {(Pixels.IsUndefined ? "" : "not ")}in fragments, against its transfer syntax");
        if (syntax.Pixels == PixelEncoding.Native && Pixels.Length != Bytes + (Bytes & 1))
            throw DicomRefusedException.Corrupt($"the DICOM file has {Pixels.Length:N0} bytes of pixels, where its header asks for {Bytes:N0}");
        if (syntax.Pixels == PixelEncoding.RunLength && Pixels.Length * RunLength.MostExpansion < Bytes)
            throw DicomRefusedException.Truncated("the DICOM file's RLE frame has fewer pixels than its header says");
        if (syntax.Pixels == PixelEncoding.Jpeg && (BitsAllocated, BitsStored, Shift, IsSigned) != (8, 8, 0, false))
            throw DicomRefusedException.Corrupt("the DICOM file's header describes no unsigned 8-bit pixels, which a baseline JPEG has");
    }
}
