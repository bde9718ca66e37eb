namespace XrayMlOps.Core.Datasets;

public static class QualityFlags
{
    /// <summary>What a report holds against films, by digest. A version without the films of a flag has nothing left to flag so.</summary>
    public static ILookup<string, FilmFlag> Flags(this QualityReport report)
    {
        List<(string Digest, FilmFlag Flag)> flags = [.. report.Outliers.Select(outlier => (outlier.Film.Digest, FilmFlag.Outlier))];
        foreach (var group in report.NearDuplicates)
        {
            var digests = group.Films.Select(film => film.Digest).Order(StringComparer.Ordinal).ToArray();
            flags.AddRange(digests.Skip(1).Select(digest => (digest, FilmFlag.NearDuplicate)));
            var kept = group.Films.Max(film => film.Split);
            flags.AddRange(group.Films.Where(film => film.Split != kept).Select(film => (film.Digest, FilmFlag.Leak)));
        }
        return flags.ToLookup(flag => flag.Digest, flag => flag.Flag, StringComparer.Ordinal);
    }
}
