using XrayMlOps.Imaging.Decoding;

namespace XrayMlOps.Imaging.Dicom;

/// <summary>
/// Leaves the parser wherever it stands; its entry points turn it into the refusal that it carries. A reason repeats no value that may
/// tell who is shown.
/// </summary>
internal sealed class DicomRefusedException(FilmDecodeResult refusal) : Exception(refusal.Reason)
{
    public FilmDecodeResult Refusal { get; } = refusal;

    public static DicomRefusedException Truncated(string reason) => new(FilmDecodeResult.Truncated(reason));

    public static DicomRefusedException Corrupt(string reason) => new(FilmDecodeResult.Corrupt(reason));

    public static DicomRefusedException Unsupported(string reason) => new(FilmDecodeResult.Unsupported(reason));
}
