using CsCheck;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Core.Tests.Datasets;

internal static class ManifestEntries
{
    public static Gen<ManifestEntry> Any { get; } = Gen.Select(
        Gen.Byte.Array[32], Gen.Enum<ImageLabel>(), Gen.String, Gen.Enum<Split>(), Gen.String[0, 300], Gen.Long[1, long.MaxValue],
        (digest, label, patient, split, file, bytes) => new ManifestEntry
        {
            Digest = Convert.ToHexStringLower(digest),
            Label = label,
            Patient = patient,
            Split = split,
            File = file,
            Bytes = bytes,
            Width = 7,
            Height = 9,
        });

    /// <summary>Ordered by digest, each digest once, as in a manifest.</summary>
    public static Gen<ManifestEntry[]> Ordered { get; } = Any.Array[0, 40].Select(Order);

    public static ManifestEntry[] Order(IEnumerable<ManifestEntry> films) => [.. films.DistinctBy(film => film.Digest).OrderBy(film => film.Digest, StringComparer.Ordinal)];

    /// <summary>As many as in a version of a hospital: digests are uniform.</summary>
    public static ManifestEntry[] Many(int count, int seed = 1)
    {
        var random = new Random(seed);
        var digest = new byte[32];
        return Order(Enumerable.Range(0, count).Select(film =>
        {
            random.NextBytes(digest);
            return new ManifestEntry
            {
                Digest = Convert.ToHexStringLower(digest),
                Label = (ImageLabel)random.Next(3),
                Patient = $"p{film / 2}",
                Split = (Split)random.Next(3),
                File = $"films/{film}{new string('x', random.Next(80))}.jpeg",
                Bytes = 1,
                Width = 7,
                Height = 9,
            };
        }));
    }
}
