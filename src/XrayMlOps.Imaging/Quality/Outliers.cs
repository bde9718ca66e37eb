using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Imaging.Quality;

/// <param name="Film">Index into the films that were searched.</param>
internal readonly record struct Outlier(int Film, double Score, string Reason);

/// <summary>
/// Finds films that lie far from the rest: in structure (see <see cref="StructureModel"/>), exposure, contrast or aspect ratio. A score counts
/// robust standard deviations, and a film's score is its largest. In time linear in the films.
/// </summary>
/// <remarks>
/// Of 5,232 real films 0.2 % lie above 6 in structure; text, noise, gradients, negatives, films on their side and photographs among
/// them lie between 6 and 20. A chest film upside down may pass: at 16 x 16 pixels it looks like one.
/// </remarks>
internal static class Outliers
{
    public const double Threshold = 6;

    /// <summary>Fewer films say nothing about what is usual.</summary>
    public const int LeastFilms = 30;

    // Closer than this nobody would call unusual: grey levels; logarithms of contrast and aspect ratio.
    private const double LeastExposureSpread = 8, LeastContrastSpread = 0.2, LeastAspectSpread = 0.1, LeastStructureSpread = 0.02;

    /// <summary>The farthest first.</summary>
    public static IReadOnlyList<Outlier> Find(IReadOnlyList<FilmFacts> films, CancellationToken cancellationToken)
    {
        if (films.Count < LeastFilms) return [];
        var structures = new double[films.Count];
        var model = StructureModel.Fit(films);
        Parallel.For(0, films.Count, new ParallelOptions { CancellationToken = cancellationToken }, film => structures[film] = model.Distance(films[film]));

        var structure = RobustScale.Of(structures, LeastStructureSpread);
        var exposure = RobustScale.Of([.. films.Select(film => film.Mean)], LeastExposureSpread);
        var contrast = RobustScale.Of([.. films.Select(Contrast)], LeastContrastSpread);
        var aspect = RobustScale.Of([.. films.Select(Aspect)], LeastAspectSpread);
        List<Outlier> outliers = [];
        for (var i = 0; i < films.Count; i++)
        {
            var film = films[i];
            (double Score, string Reason)[] findings =
            [
                (structure.Score(structures[i]), "unlike the other films in its structure"),
                (-contrast.Score(Contrast(film)), $"almost blank: contrast {film.Deviation:f1}, where {Math.Exp(contrast.Median):f1} is usual"),
                (-exposure.Score(film.Mean), $"far darker than the rest: mean grey level {film.Mean:f0}, where {exposure.Median:f0} is usual"),
                (exposure.Score(film.Mean), $"far brighter than the rest: mean grey level {film.Mean:f0}, where {exposure.Median:f0} is usual"),
                (aspect.Score(Aspect(film)), $"far wider than the rest: {film.Width} x {film.Height} pixels, where {Math.Exp(aspect.Median):f2} : 1 is usual"),
                (-aspect.Score(Aspect(film)), $"far taller than the rest: {film.Width} x {film.Height} pixels, where {Math.Exp(aspect.Median):f2} : 1 is usual"),
            ];
            var far = findings.Where(finding => finding.Score > Threshold).OrderByDescending(finding => finding.Score).ToArray();
            if (far is not []) outliers.Add(new Outlier(i, far[0].Score, string.Join("; ", far.Select(finding => finding.Reason))));
        }
        return [.. outliers.OrderByDescending(outlier => outlier.Score).ThenBy(outlier => outlier.Film)];
    }

    /// <summary>On a logarithmic scale, from half a grey level up.</summary>
    private static double Contrast(FilmFacts film) => Math.Log(Math.Max(film.Deviation, 0.5));

    private static double Aspect(FilmFacts film) => Math.Log((double)film.Width / film.Height);
}
