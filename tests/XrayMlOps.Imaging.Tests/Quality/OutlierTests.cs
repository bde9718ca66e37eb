using SkiaSharp;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Preprocessing;
using XrayMlOps.Imaging.Quality;
using XrayMlOps.Testing;
using static XrayMlOps.Imaging.Tests.Quality.Inspection;

namespace XrayMlOps.Imaging.Tests.Quality;

public sealed class OutlierTests
{
    private static readonly FilmFacts[] Usual = OfPhantoms(240);

    public static TheoryData<string, string> Strangers { get; } = new()
    {
        { "noise", "structure" },
        { "text", "structure" },
        { "gradient", "structure" },
        { "checkers", "structure" },
        { "landscape", "structure" },
        { "negative", "structure" },
        { "upside down", "structure" },
        { "blank", "almost blank" },
        { "black", "darker" },
        { "wide", "wider" },
        { "tall", "taller" },
    };

    [Theory]
    [MemberData(nameof(Strangers))]
    public void Stranger_among_phantoms_is_flagged(string what, string reason)
    {
        var outliers = Find([.. Usual, Inspect(Stranger(what, Films.Phantom()))]);

        var found = Assert.Single(outliers, outlier => outlier.Film == Usual.Length);
        Assert.Contains(reason, found.Reason);
    }

    [Fact]
    public void Tenth_of_strangers_does_not_hide_them()
    {
        string[] kinds = ["noise", "text", "negative", "landscape"];
        FilmFacts[] strangers = [.. Enumerable.Range(0, 24).Select(i => Inspect(Stranger(kinds[i % 4], Films.Phantom(patient: i + 1))))];

        var outliers = Find([.. Usual, .. strangers]);

        Assert.Superset(Enumerable.Range(Usual.Length, strangers.Length).ToHashSet(), outliers.Select(outlier => outlier.Film).ToHashSet());
        Assert.Equal(outliers.OrderByDescending(outlier => outlier.Score), outliers);
    }

    [Fact]
    public void Phantoms_are_not_flagged() => Assert.InRange(Find(Usual).Count, 0, Usual.Length / 100);

    [Fact]
    public void Few_films_say_nothing() => Assert.Empty(Find([.. Usual.Take(28), Inspect(Stranger("noise", []))]));

    [Fact]
    public void Equal_films_are_not_far_from_each_other() => Assert.Empty(Find([.. Enumerable.Repeat(Usual[0], 50)]));

    [Fact]
    public void Strangers_among_real_films_are_flagged_and_few_others()
    {
        string[] files = [.. RealFilms.Find("chest_xray/train/NORMAL"), .. RealFilms.Find("chest_xray/train/PNEUMONIA")];
        Assert.SkipWhen(files is [], "the real films are not here");
        var films = files.Where((_, i) => i % 8 == 0).AsParallel().AsOrdered().Select(file => Inspect(File.ReadAllBytes(file))).ToArray();
        string[] strangers = ["noise", "text", "gradient", "checkers", "landscape", "negative", "blank", "black", "wide", "tall"];

        var outliers = Find([.. films, .. strangers.Select(what => Inspect(Stranger(what, File.ReadAllBytes(files[1000]))))]);

        Assert.Empty(strangers.Where((_, i) => outliers.All(outlier => outlier.Film != films.Length + i)));
        TestContext.Current.TestOutputHelper?.WriteLine($"{outliers.Count - strangers.Length} of {films.Length} real films");
        Assert.InRange(outliers.Count - strangers.Length, 0, films.Length / 100);
    }

    private static IReadOnlyList<Outlier> Find(FilmFacts[] films) => Outliers.Find(films, TestContext.Current.CancellationToken);

    private static byte[] Stranger(string what, byte[] film)
    {
        const int Side = 256;
        var random = new Random(5);
        var pixels = film is [] ? [] : Films.Pixels(film, PreprocessingSpec.Default);
        return what switch
        {
            "wide" => Draw(6 * Side, Side, (x, y) => pixels[y * Side + x / 6]),
            "tall" => Draw(Side, 6 * Side, (x, y) => pixels[y / 6 * Side + x]),
            "negative" => Draw(Side, Side, (x, y) => (byte)(255 - pixels[y * Side + x])),
            "upside down" => Draw(Side, Side, (x, y) => pixels[(Side - 1 - y) * Side + x]),
            "noise" => Draw(Side, Side, (_, _) => (byte)random.Next(256)),
            "text" => Draw(Side, Side, (x, y) => y % 16 < 9 && x is > 20 and < 236 && random.NextDouble() < 0.5 ? (byte)20 : (byte)250),
            "gradient" => Draw(Side, Side, (x, _) => (byte)x),
            "checkers" => Draw(Side, Side, (x, y) => (x / 32 + y / 32) % 2 == 0 ? (byte)0 : (byte)255),
            "landscape" => Draw(Side, Side, (x, y) => (byte)(y < 110 + 15 * Math.Sin(x / 25.0) ? 210 - y / 4 : 60 + y / 4 + random.Next(25))),
            "blank" => Draw(Side, Side, (_, _) => 140),
            _ => Draw(Side, Side, (_, _) => 0),
        };
    }

    private static byte[] Draw(int width, int height, Func<int, int, byte> level) => Films.Encode(SKEncodedImageFormat.Png, SKColorType.Gray8, width, height, level);
}
