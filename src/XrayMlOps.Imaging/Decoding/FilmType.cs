using System.Text;
using XrayMlOps.Imaging.Dicom;

namespace XrayMlOps.Imaging.Decoding;

/// <summary>Tells a file's type by its first bytes.</summary>
internal static class FilmType
{
    private static ReadOnlySpan<byte> Jpeg => [0xFF, 0xD8, 0xFF];

    private static ReadOnlySpan<byte> Png => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>The format, or why the file is none of the known ones.</summary>
    public static FilmFormat? Sniff(ReadOnlySpan<byte> content, out FilmDecodeResult refusal)
    {
        refusal = default;
        if (DicomDataSet.IsDicom(content)) return FilmFormat.Dicom; // before the others: its first 128 bytes may be anything
        if (content.StartsWith(Jpeg)) return FilmFormat.Jpeg;
        if (content.StartsWith(Png)) return FilmFormat.Png;
        if (content.IsEmpty)
            refusal = FilmDecodeResult.Refused(FilmRejection.Empty, "empty: the file has no bytes");
        else if (Jpeg.StartsWith(content) || Png.StartsWith(content))
            refusal = FilmDecodeResult.Truncated($"the file ends after {content.Length} bytes");
        else
            refusal = FilmDecodeResult.Refused(FilmRejection.UnknownType, $"unknown type: {Describe(content)}, not a JPEG, PNG or DICOM file");
        return null;
    }

    private static string Describe(ReadOnlySpan<byte> content) => content switch
    {
        _ when content.StartsWith("%PDF"u8) => "a PDF document",
        _ when content.StartsWith("GIF8"u8) => "a GIF image",
        _ when content.StartsWith("BM"u8) => "a BMP image",
        _ when content.StartsWith("II*\0"u8) || content.StartsWith("MM\0*"u8) => "a TIFF image",
        _ when content.Length >= 12 && content.StartsWith("RIFF"u8) && content[8..].StartsWith("WEBP"u8) => "a WebP image",
        _ when content.Length >= 12 && content[4..].StartsWith("ftyp"u8) => "an HEIF or AVIF image or a video",
        _ when content.StartsWith("\0\0\0\u000CjP  "u8) => "a JPEG 2000 image",
        _ when content.StartsWith("PK\u0003\u0004"u8) => "a zip archive",
        [0x1F, 0x8B, ..] => "a gzip file",
        _ when Ascii.IsValid(content[..Math.Min(content.Length, 512)]) && !content[..Math.Min(content.Length, 512)].Contains((byte)0) => "text",
        _ => $"it begins with the bytes {Convert.ToHexString(content[..Math.Min(content.Length, 8)])}",
    };
}
