using System.Text.Json.Serialization;

namespace XrayMlOps.Core.Datasets;

/// <summary>A file of a push; its blob was uploaded before.</summary>
public sealed record PushedFilm(string File, string Digest, ImageLabel Label, string Patient);

/// <summary>Makes a dataset version: of uploaded films, of another version's, or both.</summary>
/// <param name="Films">Films to take up. One that <see cref="Base"/> has (by digest) replaces that version's label, patient and path.</param>
/// <param name="Split">Divides the patients who have no split yet.</param>
/// <param name="Strict">Refuse the whole push if a film cannot be taken.</param>
public sealed record PushRequest(IReadOnlyList<PushedFilm> Films, SplitRule? Split = null, bool Strict = false)
{
    /// <summary>The version to begin with, in any of <see cref="DatasetReference.Forms"/>. Its patients keep their splits.</summary>
    public string? Base { get; init; }

    /// <summary>Films of <see cref="Base"/> to leave out: those that match any of these.</summary>
    public IReadOnlyList<FilmFilter> Remove { get; init; } = [];

    /// <summary>Reviewed labels for films of <see cref="Base"/>.</summary>
    public IReadOnlyList<LabelCorrection> Labels { get; init; } = [];

    /// <summary>
    /// The version whose test set stays the test set, film by film. Further films of its patients are left out (they belong to no other
    /// split, and would change the figures of this one).
    /// </summary>
    public string? FreezeTest { get; init; }

    /// <summary>Pack the tensors of the default preprocessing now; otherwise the first run does.</summary>
    public bool Pack { get; init; } = true;

    /// <summary>Files that the client could not use, for the version's report. Names of DICOM files are not among them: they may tell who is shown.</summary>
    public IReadOnlyList<RejectedFilm> Rejected { get; init; } = [];

    /// <summary>Up to 1,024 characters about the version.</summary>
    public string? Note { get; init; }
}

/// <summary>One line of the answer to a push (JSON Lines): progress while the version is made, then what came of it.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(PushProgress), "progress")]
[JsonDerivedType(typeof(PushCompleted), "completed")]
[JsonDerivedType(typeof(PushRefused), "refused")]
public abstract record PushEvent;

/// <param name="Done">Films packed, of <paramref name="Total"/>.</param>
public sealed record PushProgress(int Done, int Total) : PushEvent;

/// <param name="Created">False if the content equals the latest version, which is then the answer.</param>
/// <param name="Duplicates">Files whose bytes equal another's of this push; the first by path is kept.</param>
public sealed record PushCompleted(
    DatasetVersionResponse Version, bool Created, IReadOnlyList<RejectedFilm> Rejected, IReadOnlyList<DuplicateFilm> Duplicates) : PushEvent;

/// <summary>No version was made.</summary>
public sealed record PushRefused(string Reason, IReadOnlyList<RejectedFilm> Rejected) : PushEvent;

public sealed record RejectedFilm(string File, string Reason);

public sealed record DuplicateFilm(string File, string SameAs);
