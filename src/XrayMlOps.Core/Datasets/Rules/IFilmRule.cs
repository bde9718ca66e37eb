namespace XrayMlOps.Core.Datasets.Rules;

/// <summary>Tells class and patient of a film from what is known before it is opened. Pure, and safe to call from several threads.</summary>
public interface IFilmRule
{
    FilmReading Read(FilmOrigin film);
}

/// <summary>Where a film comes from.</summary>
/// <param name="File">Relative to what is pushed, with <c>/</c> or <c>\</c>.</param>
/// <param name="Root">Name of the folder that is pushed: <c>train/NORMAL</c> may be pushed alone.</param>
/// <param name="Label">What a label column says, if there is one.</param>
/// <param name="Patient">What a patient column says, if there is one.</param>
public sealed record FilmOrigin(string File, string? Root = null, string? Label = null, string? Patient = null)
{
    /// <summary>The file's name without its ending: the patient of a film of which nothing tells another.</summary>
    public string Stem => Path.GetFileNameWithoutExtension(Parts.LastOrDefault(""));

    /// <summary>The folders that the film is in, the nearest first.</summary>
    internal IEnumerable<string> Folders => Parts.SkipLast(1).Reverse().Concat(Root is null ? [] : [Root]);

    private string[] Parts => File.Split(['/', '\\'], StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>What a rule made of a film.</summary>
/// <param name="Patient">Null if the rule tells none.</param>
/// <param name="Problem">Why the film cannot be used and what to do, or null; then the other members mean nothing.</param>
public readonly record struct FilmReading(ImageLabel Label, string? Patient, string? Problem = null)
{
    internal static FilmReading Refused(string problem) => new(default, null, problem);
}
