using XrayMlOps.Core.Datasets;
using XrayMlOps.Imaging.Decoding;
using XrayMlOps.Imaging.Resampling;

namespace XrayMlOps.Imaging.Quality;

/// <summary>Reads the <see cref="FilmFacts"/> off a film that was decoded.</summary>
public static class FilmInspector
{
    /// <param name="pixels">As <see cref="FilmDecoder"/> left them: <c>[height, width]</c>, of any size.</param>
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
            PerceptualHash = Quality.PerceptualHash.Of(pixels, width, height),
            Mean = mean,
            Deviation = deviation,
            Thumbnail = thumbnail,
        };
    }

    private static (double Mean, double Deviation) Moments(ReadOnlySpan<byte> pixels)
    {
        var (sum, squares) = (0L, 0L);
        foreach (var pixel in pixels)
        {
            sum += pixel;
            squares += pixel * pixel;
        }
        var mean = (double)sum / pixels.Length;
        return (mean, Math.Sqrt(Math.Max(0, (double)squares / pixels.Length - mean * mean)));
    }
}
