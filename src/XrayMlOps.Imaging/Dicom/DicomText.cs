using System.Buffers;
using System.Globalization;
using System.Text;

namespace XrayMlOps.Imaging.Dicom;

/// <summary>
/// Values that are written as text (PS3.5, 6.2), strictly: a value is what its representation allows, or none. Reading and
/// de-identifying use the same rules, so that what decides the picture is never dropped.
/// </summary>
internal static class DicomText
{
    // The standard has 16 for a decimal string; writers that print a double at its full precision are common.
    private const int LongestDecimal = 32, LongestInteger = 12, LongestCode = 16, LongestUid = 64;

    private static readonly SearchValues<char>
        s_decimal = SearchValues.Create("0123456789+-.eE"),
        s_integer = SearchValues.Create("0123456789+-"),
        s_code = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _"),
        s_uid = SearchValues.Create("0123456789.");

    /// <summary>Without the padding that surrounds it: spaces, and the zero byte of odd UIDs and of careless writers.</summary>
    public static string Trim(ReadOnlySpan<byte> value, Encoding encoding) => encoding.GetString(value).Trim(' ', '\0');

    /// <summary>Null if it is no finite decimal string (DS).</summary>
    public static double? Decimal(string text) =>
        text.Length is > 0 and <= LongestDecimal && !text.AsSpan().ContainsAnyExcept(s_decimal)
        && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number
            : null;

    /// <summary>Null if it is no integer string (IS).</summary>
    public static int? Integer(string text) =>
        text.Length is > 0 and <= LongestInteger && !text.AsSpan().ContainsAnyExcept(s_integer)
        && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    /// <summary>A code string (CS).</summary>
    public static bool IsCode(string text) => text.Length is > 0 and <= LongestCode && !text.AsSpan().ContainsAnyExcept(s_code);

    public static bool IsUid(string text) => text.Length is > 0 and <= LongestUid && !text.AsSpan().ContainsAnyExcept(s_uid);
}
