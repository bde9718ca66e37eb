using XrayMlOps.Core.Preprocessing;
using XrayMlOps.Imaging.Decoding;
using XrayMlOps.Imaging.Resampling;

namespace XrayMlOps.Imaging.Sheets;

/// <summary>The colour of a film's frame.</summary>
public enum SheetTint
{
    None,
    Blue,
    Amber,
    Red,
}

/// <summary>A film on a contact sheet.</summary>
/// <param name="Pixels">Grey, <c>[<see cref="Side"/>, <see cref="Side"/>]</c>.</param>
/// <param name="Caption">Lines below the film. Long ones wrap; what is not printable ASCII becomes a question mark.</param>
public sealed record SheetCell(ReadOnlyMemory<byte> Pixels, IReadOnlyList<string> Caption, SheetTint Tint = SheetTint.None)
{
    /// <summary>Pixels of a side of every film on a sheet.</summary>
    public const int Side = 256;

    private const byte Margin = 24;

    private static readonly PreprocessingSpec Squeezed = new() { Width = Side, Height = Side };

    /// <summary>
    /// Decodes a film to fit the cell in its own proportions. One that cannot be read becomes an empty cell, with the reason as the last line
    /// of its caption.
    /// </summary>
    public static SheetCell Decode(FilmDecoder decoder, ReadOnlySpan<byte> content, IReadOnlyList<string> caption, SheetTint tint = SheetTint.None)
    {
        var pixels = new byte[Side * Side];
        var film = decoder.Decode(content, Squeezed, pixels);
        return film.Succeeded
            ? new SheetCell(Letterbox(pixels, film.Info.Width, film.Info.Height), caption, tint)
            : new SheetCell(new byte[Side * Side], [.. caption, film.Reason], tint);
    }

    /// <summary>Gives a film that was squeezed into a square its proportions back, with margins on two sides.</summary>
    private static byte[] Letterbox(byte[] square, int originalWidth, int originalHeight)
    {
        var longer = Math.Max(originalWidth, originalHeight);
        var (width, height) = (Fit(originalWidth, longer), Fit(originalHeight, longer));
        if (width == Side && height == Side) return square;
        var fitted = new byte[width * height];
        AreaResampler.Resample(square, Side, Side, fitted, width, height);

        var cell = new byte[Side * Side];
        Array.Fill(cell, Margin);
        var corner = (Side - height) / 2 * Side + (Side - width) / 2;
        for (var row = 0; row < height; row++) fitted.AsSpan(row * width, width).CopyTo(cell.AsSpan(corner + row * Side));
        return cell;
    }

    private static int Fit(int length, int longer) => Math.Max(1, (int)Math.Round((double)Side * length / longer));
}
