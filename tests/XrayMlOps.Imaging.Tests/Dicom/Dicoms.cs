using System.Globalization;
using SkiaSharp;
using XrayMlOps.Testing;

namespace XrayMlOps.Imaging.Tests.Dicom;

/// <summary>DICOM files in any of the syntaxes that are read, those with a JPEG included.</summary>
internal static class Dicoms
{
    /// <summary>As <see cref="DicomFile.Of"/>.</summary>
    public static DicomFile Of(
        int width, int height, int[] pixels, int stored = 8, bool isSigned = false, string syntax = Syntax.Explicit, string photometric = "MONOCHROME2")
    {
        var film = DicomFile.Of(width, height, pixels, stored, isSigned, syntax, photometric);
        if (syntax != Syntax.Jpeg) return film;
        var jpeg = Films.Encode(SKEncodedImageFormat.Jpeg, SKColorType.Gray8, width, height, (x, y) => (byte)pixels[y * width + x]);
        return film.SetFragments(DicomFile.Even(jpeg));
    }

    public static string Decimal(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
