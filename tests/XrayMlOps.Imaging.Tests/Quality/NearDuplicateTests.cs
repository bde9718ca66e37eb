using CsCheck;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Imaging.Quality;
using XrayMlOps.Testing;
using static XrayMlOps.Imaging.Tests.Quality.Inspection;

namespace XrayMlOps.Imaging.Tests.Quality;

public sealed class NearDuplicateTests
{
    [Fact]
    public void Copy_is_found_however_it_was_made()
    {
        var original = Phantom(100);
        FilmFacts[] films = [.. OfPhantoms(60), Inspect(original), .. Copies.Select(how => Inspect(Copy(original, how)))];

        var group = Assert.Single(Find(films));

        Assert.Equal(Enumerable.Range(60, 1 + Copies.Length), group);
    }

    [Fact]
    public void Distinct_phantoms_are_not_alike() => Assert.Empty(Find(OfPhantoms(300)));

    [Fact]
    public void Blank_films_are_like_none()
    {
        byte[] Blank(byte level) => Films.Encode(SkiaSharp.SKEncodedImageFormat.Png, SkiaSharp.SKColorType.Gray8, 300, 300, (_, _) => level);

        Assert.Empty(Find([Inspect(Blank(0)), Inspect(Blank(255)), Inspect(Blank(255)), Inspect(Blank(128))]));
    }

    [Fact]
    public void Another_thumbnail_keeps_equal_hashes_apart()
    {
        var film = OfPhantoms(1)[0];
        var negative = film with { Thumbnail = [.. film.Thumbnail.Select(level => (byte)(255 - level))] };

        Assert.Single(Find([film, film]));
        Assert.Empty(Find([film, negative]));
    }

    [Fact]
    public void Search_finds_what_comparing_all_pairs_finds()
    {
        var thumbnail = OfPhantoms(1)[0].Thumbnail;
        var clusters = Gen.Select(Gen.Byte.Array[32], Gen.Int[0, 255].Array[0, 45].List[0, 6]);
        clusters.List[0, 12].Sample(
            groups =>
            {
                FilmFacts[] films = [.. groups.SelectMany(group => group.Item2.Select(flips => Flip(group.Item1, flips))).Select(hash => Facts(hash, thumbnail))];
                Assert.Equal(ByAllPairs(films), Find(films).Select(group => string.Join(' ', group)).Order());
            },
            iter: 300);
    }

    /// <summary>Whether the hash and its threshold keep what they promise; see <see cref="PerceptualHash"/>.</summary>
    [Fact]
    public void Real_films_are_told_apart_and_their_copies_found()
    {
        var files = RealFilms.Find("chest_xray/train/PNEUMONIA");
        Assert.SkipWhen(files is [], "the real films are not here");
        var originals = files.Where((_, i) => i % 60 == 0).Select(File.ReadAllBytes).DistinctBy(film => Digest.Of(film)).ToArray();
        var films = originals.AsParallel().AsOrdered().SelectMany(film => Copies.Select(how => Inspect(Copy(film, how))).Prepend(Inspect(film))).ToArray();
        var each = 1 + Copies.Length;

        var groups = Find(films);

        Assert.All(groups, group => Assert.Single(group.Select(film => film / each).Distinct()));
        var found = groups.Where(group => group[0] % each == 0).Sum(group => group.Length - 1);
        TestContext.Current.TestOutputHelper?.WriteLine($"{found} of {films.Length - originals.Length} copies found");
        Assert.InRange(found, 0.99 * (films.Length - originals.Length), films.Length);
    }

    private static IReadOnlyList<int[]> Find(FilmFacts[] films) => NearDuplicates.Find(films, TestContext.Current.CancellationToken);

    private static byte[] Flip(byte[] hash, int[] bits)
    {
        byte[] flipped = [.. hash];
        foreach (var bit in bits) flipped[bit / 8] ^= (byte)(1 << (bit % 8));
        return flipped;
    }

    private static FilmFacts Facts(byte[] hash, byte[] thumbnail) => new()
    {
        Digest = "",
        Bytes = 1,
        Width = 1,
        Height = 1,
        Format = "jpeg",
        Mean = 100,
        Deviation = 50,
        PerceptualHash = Convert.ToHexStringLower(hash),
        Thumbnail = thumbnail,
    };

    private static IEnumerable<string> ByAllPairs(FilmFacts[] films)
    {
        var hashes = films.Select(film => Convert.FromHexString(film.PerceptualHash)).ToArray();
        var group = Enumerable.Range(0, films.Length).ToArray();
        for (var i = 0; i < films.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var distance = hashes[i].Zip(hashes[j], (a, b) => byte.PopCount((byte)(a ^ b))).Sum(bits => bits);
                if (distance > NearDuplicates.MaxDistance) continue;
                var (from, to) = (group[i], group[j]);
                for (var k = 0; k < films.Length; k++) group[k] = group[k] == from ? to : group[k];
            }
        }
        return Enumerable.Range(0, films.Length).GroupBy(i => group[i]).Where(films => films.Count() > 1).Select(films => string.Join(' ', films)).Order();
    }
}
