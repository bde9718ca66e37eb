using SkiaSharp;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Preprocessing;
using XrayMlOps.Imaging.Phantoms;
using XrayMlOps.Imaging.Quality;

namespace XrayMlOps.Imaging.Tests.Quality;

/// <summary>Films and what is known of them, and copies such as others make of films.</summary>
internal static class Inspection
{
    public static readonly string[] Copies = ["compressed", "half the size", "another shape", "brighter", "darker", "less contrast", "more contrast", "gamma", "cropped"];

    private static readonly PhantomOptions Options = new() { FilmsPerClass = 200 };
    private static readonly IReadOnlyList<PhantomFilm> Plan = PhantomGenerator.Plan(Options);

    /// <summary>As a push does it: decoded to the default preprocessing, then inspected.</summary>
    public static FilmFacts Inspect(byte[] film)
    {
        var pixels = Films.Pixels(film, PreprocessingSpec.Default);
        return FilmInspector.Inspect(
            Digest.Of(film), film.Length, Films.Decode(film).Info, pixels, PreprocessingSpec.Default.Width, PreprocessingSpec.Default.Height);
    }

    /// <summary>The first phantoms of 600.</summary>
    public static FilmFacts[] OfPhantoms(int count) => [.. Enumerable.Range(0, count).AsParallel().AsOrdered().Select(number => Inspect(Phantom(number)))];

    public static byte[] Phantom(int number)
    {
        var film = Plan[number];
        return PhantomGenerator.Film(film.Label, film.Patient, film.Number, Options);
    }

    /// <summary>A JPEG of another digest that shows the same film.</summary>
    public static byte[] Copy(byte[] film, string how)
    {
        var info = Films.Decode(film).Info;
        var (width, height) = (Math.Min(1024, info.Width), Math.Min(1024, info.Height));
        var crop = how == "cropped" ? Math.Max(width, height) / 100 : 0;
        var pixels = Films.Pixels(film, new PreprocessingSpec { Width = width, Height = height });
        var (newWidth, newHeight) = how switch
        {
            "half the size" => (width / 2, height / 2),
            "another shape" => (width * 6 / 5, height * 7 / 5),
            _ => (width - 2 * crop, height - 2 * crop),
        };
        return Films.Encode(
            SKEncodedImageFormat.Jpeg, SKColorType.Gray8, newWidth, newHeight,
            (x, y) => Level(how, crop > 0 ? pixels[(y + crop) * width + x + crop] : Mean(pixels, width, x, y, (double)width / newWidth, (double)height / newHeight)),
            how == "compressed" ? 40 : 85);
    }

    private static byte Level(string how, double level) => (byte)Math.Clamp(Math.Round(how switch
    {
        "brighter" => level + 20,
        "darker" => level - 20,
        "less contrast" => 128 + 0.75 * (level - 128),
        "more contrast" => 128 + 1.2 * (level - 128),
        "gamma" => 255 * Math.Pow(level / 255, 0.75),
        _ => level,
    }), 0, 255);

    /// <summary>Of the whole pixels from where a target pixel begins to where it ends.</summary>
    private static double Mean(byte[] pixels, int width, int x, int y, double stepX, double stepY)
    {
        var (sum, count) = (0, 0);
        for (var row = (int)(y * stepY); row <= Math.Max((int)(y * stepY), (int)((y + 1) * stepY) - 1); row++)
        {
            for (var column = (int)(x * stepX); column <= Math.Max((int)(x * stepX), (int)((x + 1) * stepX) - 1); column++, count++) sum += pixels[row * width + column];
        }
        return (double)sum / count;
    }
}
