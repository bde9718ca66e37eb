using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Imaging.Quality;

/// <summary>Computes the quality report of a dataset version from its manifest and the <see cref="FilmFacts"/> of its films; no pixel is read again.</summary>
public static class QualityInspection
{
    /// <summary>For 200,000 films like the real ones it takes four seconds of one core.</summary>
    /// <param name="entries">The version's films.</param>
    /// <param name="facts">By digest. Films without any are counted, but not looked at.</param>
    public static QualityReport Report(
        IReadOnlyList<ManifestEntry> entries, IReadOnlyDictionary<string, FilmFacts> facts, IReadOnlyList<DuplicateFilm> exactDuplicates,
        IReadOnlyList<RejectedFilm> rejected, CancellationToken cancellationToken)
    {
        var known = entries.Where(entry => facts.ContainsKey(entry.Digest)).OrderBy(entry => entry.Digest, StringComparer.Ordinal).ToArray();
        var films = known.Select(entry => facts[entry.Digest]).ToArray();
        return new QualityReport
        {
            Films = entries.Count,
            Patients = Patients(entries),
            Classes = [.. ImageLabels.All.Select(label => Balance(label, entries))],
            ExactDuplicates = exactDuplicates,
            NearDuplicates =
            [
                .. NearDuplicates.Find(films, cancellationToken)
                    .Select(group => Group([.. group.Select(film => known[film])]))
                    .OrderByDescending(group => group.CrossesSplits)
                    .ThenByDescending(group => group.CrossesLabels)
                    .ThenByDescending(group => group.CrossesPatients)
                    .ThenByDescending(group => group.Films.Count)
                    .ThenBy(group => group.Films[0].Digest, StringComparer.Ordinal),
            ],
            Outliers =
            [
                .. Outliers.Find(films, cancellationToken)
                    .Select(outlier => new OutlierFilm(Flagged(known[outlier.Film]), outlier.Score, Outliers.Threshold, outlier.Reason)),
            ],
            Rejected = rejected,
            Width = Distributions.Of(entries.Select(entry => (double)entry.Width)),
            Height = Distributions.Of(entries.Select(entry => (double)entry.Height)),
            AspectRatio = Distributions.Of(entries.Select(entry => (double)entry.Width / entry.Height)),
            Exposure = Distributions.Of(films.Select(film => film.Mean)),
            Contrast = Distributions.Of(films.Select(film => film.Deviation)),
        };
    }

    private static ClassBalance Balance(ImageLabel label, IReadOnlyList<ManifestEntry> entries)
    {
        var films = entries.Where(entry => entry.Label == label).ToArray();
        return new ClassBalance(label, films.Length, Patients(films), entries.Count > 0 ? (double)films.Length / entries.Count : 0);
    }

    private static int Patients(IEnumerable<ManifestEntry> entries) => entries.Select(entry => entry.Patient).Distinct(StringComparer.Ordinal).Count();

    private static NearDuplicateGroup Group(ManifestEntry[] films) => new(
        [.. films.Select(Flagged)],
        CrossesSplits: films.DistinctBy(film => film.Split).Count() > 1,
        CrossesPatients: films.DistinctBy(film => film.Patient, StringComparer.Ordinal).Count() > 1,
        CrossesLabels: films.DistinctBy(film => film.Label).Count() > 1);

    private static FlaggedFilm Flagged(ManifestEntry entry) => new(entry.Digest, entry.File, entry.Label, entry.Patient, entry.Split);
}
