namespace XrayMlOps.Imaging.Dicom;

internal enum PixelEncoding
{
    Native,
    RunLength,
    Jpeg,
}

/// <summary>How a DICOM file's data set and pixels are encoded (PS3.5, section 10 and annex A).</summary>
/// <param name="IsExplicit">Elements carry their value representation.</param>
internal sealed record DicomTransferSyntax(string Uid, bool IsExplicit, PixelEncoding Pixels)
{
    private const string Standard = "1.2.840.10008.1.2";

    private static readonly DicomTransferSyntax[] s_read =
    [
        new(Standard, false, PixelEncoding.Native),
        new($"{Standard}.1", true, PixelEncoding.Native),
        new($"{Standard}.5", true, PixelEncoding.RunLength),
        new($"{Standard}.4.50", true, PixelEncoding.Jpeg),
    ];

    /// <summary>The registry of PS3.6, table A-1, as far as images meet it.</summary>
    private static readonly Dictionary<string, string> s_others = new()
    {
        ["1.98"] = "encapsulated uncompressed explicit VR little endian",
        ["1.99"] = "deflated explicit VR little endian",
        ["2"] = "explicit VR big endian (retired)",
        ["4.51"] = "JPEG extended, 12 bit",
        ["4.52"] = "JPEG extended, processes 3 and 5 (retired)",
        ["4.53"] = "JPEG spectral selection, processes 6 and 8 (retired)",
        ["4.55"] = "JPEG full progression, processes 10 and 12 (retired)",
        ["4.57"] = "JPEG lossless, process 14",
        ["4.70"] = "JPEG lossless, process 14, selection value 1",
        ["4.80"] = "JPEG-LS lossless",
        ["4.81"] = "JPEG-LS near-lossless",
        ["4.90"] = "JPEG 2000 lossless",
        ["4.91"] = "JPEG 2000",
        ["4.92"] = "JPEG 2000 part 2 multi-component lossless",
        ["4.93"] = "JPEG 2000 part 2 multi-component",
        ["4.94"] = "JPIP referenced",
        ["4.95"] = "JPIP referenced deflate",
        ["4.100"] = "MPEG-2 main profile, main level",
        ["4.101"] = "MPEG-2 main profile, high level",
        ["4.102"] = "MPEG-4 AVC/H.264 high profile, level 4.1",
        ["4.103"] = "MPEG-4 AVC/H.264 BD-compatible high profile",
        ["4.104"] = "MPEG-4 AVC/H.264 high profile, level 4.2, 2D video",
        ["4.105"] = "MPEG-4 AVC/H.264 high profile, level 4.2, 3D video",
        ["4.106"] = "MPEG-4 AVC/H.264 stereo high profile",
        ["4.107"] = "HEVC/H.265 main profile",
        ["4.108"] = "HEVC/H.265 main 10 profile",
        ["4.110"] = "JPEG XL lossless",
        ["4.111"] = "JPEG XL JPEG recompression",
        ["4.112"] = "JPEG XL",
        ["4.201"] = "HTJ2K lossless",
        ["4.202"] = "HTJ2K lossless, RPCL",
        ["4.203"] = "HTJ2K",
        ["4.204"] = "JPIP HTJ2K referenced",
        ["4.205"] = "JPIP HTJ2K referenced deflate",
        ["8.1"] = "deflated image frame compression",
    };

    /// <summary>Throws <see cref="DicomRefusedException"/>, naming the syntax, for one that is not read.</summary>
    public static DicomTransferSyntax Of(string uid)
    {
        foreach (var syntax in s_read)
        {
            if (syntax.Uid == uid) return syntax;
        }
        var name = uid.StartsWith($"{Standard}.", StringComparison.Ordinal) ? s_others.GetValueOrDefault(uid[(Standard.Length + 1)..]) : null;
        // What is no UID is not repeated: it may be anything.
        var met = name is not null ? $"{name} ({uid})" : DicomText.IsUid(uid) ? uid : "no unique identifier";
        throw DicomRefusedException.Unsupported(
            $"the DICOM file's transfer syntax is {met}; implicit and explicit VR little endian, RLE lossless and JPEG baseline (8 bit) are read");
    }
}
