using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.ControlPlane.Datasets;

/// <summary>A push as it was asked for, sorted out before any film is looked at.</summary>
/// <param name="Films">One a digest, ordered by digest.</param>
/// <param name="Rejected">Files that contradict each other.</param>
internal sealed record PushPlan(
    string Dataset, PushRequest Request, IReadOnlyList<PushedFilm> Films, IReadOnlyList<RejectedFilm> Rejected, IReadOnlyList<DuplicateFilm> Duplicates,
    DatasetReference? Base, DatasetReference? FreezeTest)
{
    private const int MostProblems = 20;
    private const int LongestText = 4096;

    /// <summary>A plan, or every problem of the request (up to a number that a person reads).</summary>
    public static (PushPlan? Plan, IReadOnlyList<string> Problems) Make(string name, PushRequest request)
    {
        List<string> problems = [.. request.Split?.Problems() ?? []];
        if (!DatasetReference.IsName(name)) problems.Add($"name '{name}': {DatasetReference.NameRule} are allowed");
        var (origin, frozen) = (Read("base", request.Base, problems), Read("freezeTest", request.FreezeTest, problems));
        if (request is { Films.Count: 0, Base: null }) problems.Add("films: there are none, and no base to take them from");
        if (request is { Base: null, Remove.Count: > 0 }) problems.Add("remove: there is no base to remove films from");
        if (request is { Base: null, Labels.Count: > 0 }) problems.Add("labels: there is no base whose labels they correct");
        if (request.Note is { Length: > 0 } note && FilmFile.ProblemOfText(note) is { } text) problems.Add($"note: it {text}");
        problems.AddRange(request.Remove.SelectMany((filter, index) => (filter?.Problems() ?? ["it is null"]).Select(problem => $"remove {index}: {problem}")).Take(MostProblems));
        problems.AddRange(request.Films.SelectMany(ProblemsOf).Take(MostProblems));
        if (request.Rejected.Any(film => film is not { File.Length: <= LongestText, Reason.Length: <= LongestText }))
            problems.Add($"rejected: every one needs a 'file' and a 'reason' of up to {LongestText:N0} characters");
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
        return (new PushPlan(name, request, films, rejected, duplicates, origin, frozen), []);
    }

    private static DatasetReference? Read(string what, string? text, List<string> problems)
    {
        if (text is null) return null;
        if (DatasetReference.TryParse(text, out var reference)) return reference;
        problems.Add($"{what} '{text}': name a version as {DatasetReference.Forms}");
        return null;
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
        if (FilmFile.ProblemOf(film.File) is { } file) yield return $"film {index} '{film.File}': 'file' {file}";
        if (!Digest.IsValid(film.Digest)) yield return $"film {index} '{film.File}': '{film.Digest}' is no SHA-256 of 64 lower-case hexadecimal digits";
        if (FilmFile.ProblemOfText(film.Patient) is { } patient) yield return $"film {index} '{film.File}': 'patient' {patient}";
    }
}
