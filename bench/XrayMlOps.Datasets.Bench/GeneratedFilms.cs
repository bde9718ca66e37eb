using System.Buffers.Binary;
using System.Collections;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Datasets;

namespace XrayMlOps.Datasets.Bench;

/// <summary>
/// Films that exist in the registry alone, two a patient; the same at each run. Made when they are asked for, so that a client that sends
/// them holds none.
/// </summary>
internal sealed class GeneratedFilms(int count) : IReadOnlyList<PushedFilm>
{
    private const int RowsATransaction = 10_000;

    public int Count => count;

    public PushedFilm this[int film]
    {
        get
        {
            var patient = film / 2;
            var label = (ImageLabel)(patient % 3);
            return new PushedFilm($"ward-{patient % 97}/{label.Name()}/patient-{patient:D6}-{film % 2}.jpeg", DigestOf(film), label, $"patient-{patient:D6}");
        }
    }

    public IEnumerator<PushedFilm> GetEnumerator() => Enumerable.Range(0, count).Select(film => this[film]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Tells the registry of the films, as if they had been uploaded.</summary>
    public static async Task SeedAsync(IServiceProvider services, int films)
    {
        var registries = services.GetRequiredService<IDbContextFactory<RegistryDbContext>>();
        foreach (var some in Enumerable.Range(0, films).Chunk(RowsATransaction))
        {
            await using var registry = await registries.CreateDbContextAsync();
            registry.Images.AddRange(some.Select(Facts).Select(Image.Of));
            await registry.SaveChangesAsync();
        }
    }

    private static string DigestOf(int film)
    {
        Span<byte> number = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(number, film);
        return Convert.ToHexStringLower(SHA256.HashData(number));
    }

    private static FilmFacts Facts(int film)
    {
        var random = new Random(film);
        var (hash, thumbnail) = (new byte[32], new byte[FilmFacts.ThumbnailSide * FilmFacts.ThumbnailSide]);
        random.NextBytes(hash);
        for (var i = 0; i < thumbnail.Length; i++) thumbnail[i] = (byte)(100 + random.Next(60));
        return new FilmFacts
        {
            Digest = DigestOf(film),
            Bytes = random.Next(20_000, 400_000),
            Width = random.Next(800, 2_000),
            Height = random.Next(700, 1_800),
            Format = "jpeg",
            PerceptualHash = Convert.ToHexStringLower(hash),
            Mean = 110 + 20 * random.NextDouble(),
            Deviation = 50 + 10 * random.NextDouble(),
            Thumbnail = thumbnail,
        };
    }
}
