using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.ControlPlane.Datasets;

/// <summary>A push as it was asked for, sorted out before any film is looked at.</summary>
/// <param name="Films">One a digest, ordered by digest.</param>
/// <param name="Rejected">Files that contradict each other.</param>
internal sealed record PushPlan(
    string Dataset, IReadOnlyList<PushedFilm> Films, IReadOnlyList<RejectedFilm> Rejected, IReadOnlyList<DuplicateFilm> Duplicates, SplitRule Split, bool Strict)
{
    private const int MostProblems = 20;
    private const int LongestText = 1024;

    /// <summary>A plan, or every problem of the request (up to a number that a person reads).</summary>
    public static (PushPlan? Plan, IReadOnlyList<string> Problems) Make(string name, PushRequest request)
    {
        var split = request.Split ?? new SplitRule();
        List<string> problems = [.. split.Problems()];
        if (!DatasetReference.IsName(name)) problems.Add($"name '{name}': {DatasetReference.NameRule} are allowed");
        if (request.Films.Count == 0) problems.Add("films: there are none");
        problems.AddRange(request.Films.SelectMany(ProblemsOf).Take(MostProblems));
        if (problems.Count > 0) return (null, problems);

        var twice = request.Films.CountBy(film => film.File).Where(count => count.Value > 1).Select(count => $"film '{count.Key}' is named {count.Value} times");
        problems.AddRange(twice.Take(MostProblems));
        if (problems.Count > 0) return (null, problems);

        List<PushedFilm> films = [];
        List<RejectedFilm> rejected = [];
        List<DuplicateFilm> duplicates = [];
        foreach (var same in request.Films.OrderBy(film => film.File, StringComparer.Ordinal).GroupBy(film => film.Digest))
        {
            var first = same.First();
            if (same.FirstOrDefault(film => film.Label != first.Label) is { } other)
            {
                rejected.AddRange(same.Select(film => Contradicting(film, film.Label == first.Label ? other : first)));
                continue;
            }
            films.Add(first);
            duplicates.AddRange(same.Skip(1).Select(film => new DuplicateFilm(film.File, first.File)));
        }
        films.Sort((left, right) => string.CompareOrdinal(left.Digest, right.Digest));
        return (new PushPlan(name, films, rejected, duplicates, split, request.Strict), []);
    }

    private static RejectedFilm Contradicting(PushedFilm film, PushedFilm other) =>
        new(film.File, $"the same image is labelled {film.Label.Name()} here and {other.Label.Name()} in '{other.File}': keep the right one");

    private static IEnumerable<string> ProblemsOf(PushedFilm? film, int index)
    {
        if (film is null)
        {
            yield return $"film {index} is null";
            yield break;
        }
        if (!IsText(film.File)) yield return $"film {index}: 'file' must have 1 to {LongestText} characters, none of them a control character";
        if (!Digest.IsValid(film.Digest)) yield return $"film {index} '{film.File}': '{film.Digest}' is no SHA-256 of 64 lower-case hexadecimal digits";
        if (!IsText(film.Patient)) yield return $"film {index} '{film.File}': 'patient' must have 1 to {LongestText} characters, none of them a control character";
    }

    private static bool IsText(string text) => text is { Length: >= 1 and <= LongestText } && !text.Any(char.IsControl);
}
