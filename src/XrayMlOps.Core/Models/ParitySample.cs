using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Core.Models;

/// <summary>
/// What the trained network answers for films that are drawn by rule, so that whoever loads its export can see, without data, that it
/// computes the same there.
/// </summary>
/// <param name="Probabilities">A row a film, in the order of <see cref="ImageLabels"/>.</param>
public sealed record ParitySample(IReadOnlyList<IReadOnlyList<float>> Probabilities)
{
    /// <summary>The largest difference of a probability at which an export is taken for the trained network, on any device.</summary>
    public const double Tolerance = 1e-2;

    /// <summary>Films that can be drawn.</summary>
    public const int Films = 2;

    private const int Block = 8;

    /// <summary>Draws a film, in integers only, so that it is the same to the bit everywhere.</summary>
    /// <param name="film">0: a ramp from corner to corner; 1: grey squares of 8 pixels without a pattern.</param>
    /// <param name="pixels">Receives grey values, 0 to 255, of <c>[height, width]</c>, row by row.</param>
    public static void Draw(int film, int height, int width, Span<byte> pixels)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)film, (uint)Films, nameof(film));
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.Length, height * width, nameof(pixels));
        for (var row = 0; row < height; row++)
        {
            for (var column = 0; column < width; column++)
                pixels[row * width + column] = film == 0 ? Ramp(row, column, height, width) : Square(row / Block, column / Block);
        }
    }

    private static byte Ramp(int row, int column, int height, int width) => (byte)(255 * (row + column) / Math.Max(1, height + width - 2));

    /// <summary>The upper bits of a product with 2^32 / golden ratio (Knuth, volume 3, 6.4) scatter the squares' numbers.</summary>
    private static byte Square(int row, int column) => (byte)(((uint)(row * 131 + column + 1) * 2654435769u) >> 24);
}
