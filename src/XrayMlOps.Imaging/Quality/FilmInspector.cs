using XrayMlOps.Core.Datasets;
using XrayMlOps.Imaging.Decoding;
using XrayMlOps.Imaging.Resampling;

namespace XrayMlOps.Imaging.Quality;

/// <summary>Reads the <see cref="FilmFacts"/> off a film that was decoded.</summary>
public static class FilmInspector
{
    // One column more than bits a row: each bit compares a cell with its right neighbour (difference hash).
    private const int HashRows = 16, HashColumns = 16;

    /// <param name="pixels">As <see cref="FilmDecoder"/> left them: <c>[height, width]</c>, of any size from 17 x 16 up.</param>
    public static FilmFacts Inspect(string digest, long bytes, FilmInfo info, ReadOnlySpan<byte> pixels, int width, int height)
    {
        var thumbnail = new byte[FilmFacts.ThumbnailSide * FilmFacts.ThumbnailSide];
        AreaResampler.Resample(pixels, width, height, thumbnail, FilmFacts.ThumbnailSide, FilmFacts.ThumbnailSide);
        var (mean, deviation) = Moments(pixels);
        return new FilmFacts
        {
            Digest = digest,
            Bytes = bytes,
            Width = info.Width,
            Height = info.Height,
            Format = info.Format.ToString().ToLowerInvariant(),
            PerceptualHash = Hash(pixels, width, height),
            Mean = mean,
            Deviation = deviation,
            Thumbnail = thumbnail,
        };
    }

    private static string Hash(ReadOnlySpan<byte> pixels, int width, int height)
    {
        Span<byte> cells = stackalloc byte[(HashColumns + 1) * HashRows];
        AreaResampler.Resample(pixels, width, height, cells, HashColumns + 1, HashRows);
        Span<byte> hash = stackalloc byte[HashColumns * HashRows / 8];
        hash.Clear();
        for (var row = 0; row < HashRows; row++)
        {
            for (var column = 0; column < HashColumns; column++)
            {
                var at = row * (HashColumns + 1) + column;
                if (cells[at] < cells[at + 1]) hash[(row * HashColumns + column) / 8] |= (byte)(0x80 >> (column % 8));
            }
        }
        return Convert.ToHexStringLower(hash);
    }

    private static (double Mean, double Deviation) Moments(ReadOnlySpan<byte> pixels)
    {
        Span<int> histogram = stackalloc int[256];
        histogram.Clear();
        foreach (var pixel in pixels) histogram[pixel]++;
        var (sum, squares) = (0L, 0L);
        for (var level = 0; level < 256; level++)
        {
            sum += (long)histogram[level] * level;
            squares += (long)histogram[level] * level * level;
        }
        var mean = (double)sum / pixels.Length;
        return (mean, Math.Sqrt(Math.Max(0, (double)squares / pixels.Length - mean * mean)));
    }
}
