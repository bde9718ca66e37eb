using System.Globalization;

namespace XrayMlOps.Core.Datasets;

/// <summary>Finds a place in a manifest by looking at few of its lines: every look may be a request to a blob store.</summary>
internal static class ManifestSearch
{
    /// <summary>What reading on costs less than another look.</summary>
    private const long NearEnough = 1 << 16;

    private const int MostInterpolations = 8;

    /// <summary>
    /// Start of a line such that no line before it follows <paramref name="digest"/>, and about <see cref="NearEnough"/> bytes at most lie
    /// between it and the first line that does.
    /// </summary>
    /// <remarks>
    /// Interpolation search, then bisection should the digests turn out not to be uniform. Invariant: lines that start before <c>low</c>
    /// (itself the start of a line) do not follow the digest; lines that start at <c>high</c> or later do.
    /// </remarks>
    public static async Task<long> FindAsync(Stream manifest, string digest, CancellationToken cancellationToken)
    {
        var (low, high) = (0L, manifest.Length);
        var (lowKey, highKey, key) = (0.0, 1.0, Key(digest));
        var aside = -NearEnough / 4; // looks a little before the expected place, then a little after it: what lies between is near enough
        for (var look = 1; high - low > NearEnough; look++)
        {
            var expected = low + (high - low) * (highKey > lowKey ? (key - lowKey) / (highKey - lowKey) : 0.5);
            var middle = look <= MostInterpolations ? Math.Clamp((long)expected + aside, low, high - 1) : low + (high - low) / 2;

            manifest.Position = Math.Max(middle - 1, 0);
            ManifestLines lines = new(manifest);
            if (middle > 0) await lines.NextAsync(cancellationToken); // up to the first line that starts at the middle or later
            var start = lines.Position;
            if (start < high && await lines.NextAsync(cancellationToken) is { } line)
            {
                var found = DatasetManifest.Parse(line.Span, () => $"The line at byte {start} of the manifest").Digest;
                if (string.CompareOrdinal(found, digest) <= 0)
                {
                    (low, lowKey, aside) = (lines.Position, Key(found), NearEnough / 4);
                    continue;
                }
                highKey = Key(found);
            }
            (high, aside) = (middle, -NearEnough / 4);
        }
        return low;
    }

    /// <summary>Where a digest lies among all, 0 to 1: its first 52 bits.</summary>
    private static double Key(string digest) =>
        digest.Length >= 13 && long.TryParse(digest.AsSpan(0, 13), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits)
            ? bits / (double)(1L << 52)
            : 0;
}
