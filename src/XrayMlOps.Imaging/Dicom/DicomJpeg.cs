using SkiaSharp;
using XrayMlOps.Imaging.Decoding;

namespace XrayMlOps.Imaging.Dicom;

/// <summary>The JPEG in a DICOM file's fragments (PS3.5, 8.2.1): grey, baseline, as large as the file's header says.</summary>
internal static class DicomJpeg
{
    /// <summary>Decodes in full: grey levels come from a table that need not be linear, so a mean of stored pixels would differ.</summary>
    public static unsafe void Decode(ReadOnlySpan<byte> jpeg, DicomFilm film, Span<byte> pixels)
    {
        fixed (byte* bytes = jpeg, decoded = pixels)
        {
            using var data = SKData.Create((nint)bytes, jpeg.Length);
            using var codec = SKCodec.Create(data) ?? throw DicomRefusedException.Corrupt("the DICOM file's JPEG has a header that cannot be read");
            var image = new SKImageInfo(film.Info.Width, film.Info.Height, SKColorType.Gray8, SKAlphaType.Opaque);
            var result = codec.GetPixels(image, (nint)decoded, image.RowBytes, SKCodecOptions.Default);
            if (result != SKCodecResult.Success) throw DicomRefusedException.Corrupt($"the DICOM file's JPEG cannot be decoded ({result})");
        }
    }

    /// <summary>Throws <see cref="DicomRefusedException"/> if it is cut off, or another picture than the file's header describes.</summary>
    public static void Check(ReadOnlySpan<byte> jpeg, DicomFilm film, ImagingLimits limits)
    {
        if (!jpeg.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8]))
            throw DicomRefusedException.Corrupt("the DICOM file's pixels are no JPEG, against its transfer syntax");
        var structure = JpegStructure.Read(jpeg, limits, out var isGray);
        if (!structure.Succeeded) throw new DicomRefusedException(structure);
        if (!isGray || (structure.Info.Width, structure.Info.Height) != (film.Info.Width, film.Info.Height))
            throw DicomRefusedException.Corrupt("the DICOM file's header and the JPEG in it describe different pictures");
    }
}
