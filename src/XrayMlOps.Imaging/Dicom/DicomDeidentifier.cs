using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using XrayMlOps.Imaging.Decoding;

namespace XrayMlOps.Imaging.Dicom;

/// <summary>
/// Takes a DICOM film apart and writes it anew from its pixels and a short list of technical attributes (see
/// <see cref="TechnicalAttribute.All"/>), in the transfer syntax that it had: whatever is not on the list is not in the result, wherever the
/// file kept it (PS3.15, annex E, goes from a list of what to remove; this goes from what to keep).
/// </summary>
/// <remarks>
/// A function of the film: equal pixels and attributes give equal bytes, and de-identifying the result changes nothing. It shows the same
/// picture. Bits of pixels that do not count, comments inside a JPEG and gaps inside run lengths, where text may hide, are cleared. What is
/// <em>shown</em> is not looked at: a name burned into the picture stays, unless the file admits it (BurnedInAnnotation), and is refused for it.
/// <para>Safe to share between threads.</para>
/// </remarks>
public sealed class DicomDeidentifier(ImagingLimits limits)
{
    private const int NamedAttributes = 5;
    private const string Advice = "push it with xray, which removes what may identify a patient";
    private const string ImplementationClass = "2.25.156241215665674430460149276096417060500", ImplementationVersion = "XRAYMLOPS_1";

    private static readonly HashSet<DicomTag> s_written =
    [
        .. TechnicalAttribute.All.Select(attribute => attribute.Tag),
        DicomTag.SopInstance, DicomTag.PatientIdentityRemoved, DicomTag.DeidentificationMethod, DicomTag.PixelData,
    ];

    /// <summary>Whether a file says that it is DICOM.</summary>
    public static bool IsDicom(ReadOnlySpan<byte> content) => DicomDataSet.IsDicom(content);

    /// <param name="content">The whole file. One that <see cref="FilmDecoder"/> would refuse for what its header says is refused here too.</param>
    public DeidentifiedFilm Deidentify(ReadOnlySpan<byte> content)
    {
        try
        {
            if (limits.RefuseLength(content.Length) is { } tooLong) return new DeidentifiedFilm { Film = tooLong };
            if (!IsDicom(content)) return new DeidentifiedFilm { Film = FilmDecodeResult.Refused(FilmRejection.UnknownType, "unknown type: no DICOM file") };
            var data = DicomDataSet.Read(content);
            var film = DicomFilm.Of(data, limits);
            var encoding = data.Text(DicomTag.SpecificCharacterSet)?.Contains("ISO_IR 192", StringComparison.Ordinal) == true ? Encoding.UTF8 : Encoding.Latin1;
            return new DeidentifiedFilm
            {
                Film = FilmDecodeResult.Read(film.Info),
                Content = Write(data.Syntax, Keep(data, film)),
                PatientId = data.Text(DicomTag.PatientId, encoding),
                IssuerOfPatientId = data.Text(DicomTag.IssuerOfPatientId, encoding),
            };
        }
        catch (DicomRefusedException problem)
        {
            return new DeidentifiedFilm { Film = problem.Refusal };
        }
    }

    /// <summary>
    /// Why a file may tell who is shown, without repeating what it tells: null if it is no DICOM, or exactly what <see cref="Deidentify"/>
    /// writes. A file that cannot be read gives the reason.
    /// </summary>
    public string? FindForbidden(ReadOnlySpan<byte> content)
    {
        if (!IsDicom(content)) return null;
        var clean = Deidentify(content);
        if (!clean.Succeeded) return clean.Film.Reason;
        if (content.SequenceEqual(clean.Content)) return null;
        var forbidden = DicomDataSet.Read(content).Elements.Select(element => element.Tag).Where(tag => !s_written.Contains(tag)).ToArray();
        if (forbidden is [])
            return $"the DICOM file is not as de-identification writes it: its header, a value or unused bits of its pixels may hide something; {Advice}";
        forbidden = [.. forbidden.OrderBy(tag => tag.Group != DicomTag.PatientId.Group)]; // the patient's first
        var named = string.Join(", ", forbidden.Take(NamedAttributes).Select(DicomNames.Of));
        var others = forbidden.Length > NamedAttributes ? $" and {forbidden.Length - NamedAttributes} more" : "";
        return $"the DICOM file holds {named}{others}; {Advice}";
    }

    private List<DicomValue> Keep(DicomDataSet data, DicomFilm film)
    {
        var transform = new GrayscaleTransform(film, data);
        var isExplicit = data.Syntax.IsExplicit;
        List<DicomValue> kept = [];
        foreach (var attribute in TechnicalAttribute.All)
        {
            if (attribute.Clean(data, film.IsSigned) is { } value) kept.Add(value);
        }
        if (transform.ModalityTable is { } modality) kept.Add(modality.Write(DicomTag.ModalityLutSequence, isExplicit));
        if (transform.VoiTable is { } voi) kept.Add(voi.Write(DicomTag.VoiLutSequence, isExplicit));
        kept.Add(DicomValue.OfText(DicomTag.PatientIdentityRemoved, "CS", "YES"));
        kept.Add(DicomValue.OfText(DicomTag.DeidentificationMethod, "LO", "XrayMlOps: pixel data and technical attributes kept"));
        kept.Add(Pixels(data, film));
        kept.Add(DicomValue.OfText(DicomTag.SopInstance, "UI", InstanceOf(data.Syntax, kept)));
        kept.Sort((a, b) => a.Tag.Number.CompareTo(b.Tag.Number));
        return kept;
    }

    private DicomValue Pixels(DicomDataSet data, DicomFilm film)
    {
        var frame = DicomPicture.Frame(data, film, limits);
        if (data.Syntax.Pixels == PixelEncoding.Jpeg) return Encapsulated(JpegStructure.Strip(frame));
        var pixels = new byte[film.Bytes + (film.Bytes & 1)];
        if (data.Syntax.Pixels == PixelEncoding.Native) frame.CopyTo(pixels);
        else DicomPicture.Unpack(data.Syntax, frame, film, pixels);
        PixelValues.ClearUnused(pixels, film);
        return data.Syntax.Pixels == PixelEncoding.Native
            ? new DicomValue(DicomTag.PixelData, film.BitsAllocated == 16 ? "OW" : "OB", pixels)
            : Encapsulated(RunLength.Encode(pixels.AsSpan(0, film.Bytes), film.BitsAllocated / 8, film.Info.Width));
    }

    /// <summary>One fragment behind an empty offset table (PS3.5, A.4).</summary>
    private static DicomValue Encapsulated(byte[] frame) =>
        new(DicomTag.PixelData, "OB", DicomWriter.Items([], frame.Length % 2 == 0 ? frame : [.. frame, 0]), IsUndefined: true);

    /// <summary>An instance identifier that names the content: 2.25 and a UUID (PS3.5, B.2) of version 8 (RFC 9562) from its SHA-256.</summary>
    private static string InstanceOf(DicomTransferSyntax syntax, List<DicomValue> kept)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.ASCII.GetBytes(syntax.Uid));
        foreach (var value in kept)
        {
            hash.AppendData(Encoding.ASCII.GetBytes($"{value.Tag}{value.Vr}{value.Value.Length}:"));
            hash.AppendData(value.Value);
        }
        var uuid = BinaryPrimitives.ReadUInt128BigEndian(hash.GetHashAndReset());
        uuid = (uuid & ~(new UInt128(0xF000, 0) | new UInt128(0, 0xC000_0000_0000_0000))) | new UInt128(0x8000, 0) | new UInt128(0, 0x8000_0000_0000_0000);
        return string.Create(CultureInfo.InvariantCulture, $"2.25.{uuid}");
    }

    private static byte[] Write(DicomTransferSyntax syntax, List<DicomValue> kept)
    {
        var (sopClass, sopInstance) = (kept.Find(value => value.Tag == DicomTag.SopClass)!.Value, kept.Find(value => value.Tag == DicomTag.SopInstance)!.Value);
        var meta = DicomWriter.Elements(
            isExplicit: true,
            new DicomValue(DicomTag.MetaVersion, "OB", [0, 1]),
            new DicomValue(DicomTag.MediaStorageSopClass, "UI", sopClass),
            new DicomValue(DicomTag.MediaStorageSopInstance, "UI", sopInstance),
            DicomValue.OfText(DicomTag.TransferSyntax, "UI", syntax.Uid),
            DicomValue.OfText(DicomTag.ImplementationClass, "UI", ImplementationClass),
            DicomValue.OfText(DicomTag.ImplementationVersion, "SH", ImplementationVersion));
        var metaLength = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(metaLength, meta.Length);
        using var file = new MemoryStream(kept[^1].Value.Length + (1 << 13));
        file.Write(new byte[128]);
        file.Write("DICM"u8);
        DicomWriter.Write(file, new DicomValue(DicomTag.MetaGroupLength, "UL", metaLength), isExplicit: true);
        file.Write(meta);
        foreach (var value in kept) DicomWriter.Write(file, value, syntax.IsExplicit);
        return file.ToArray();
    }
}
