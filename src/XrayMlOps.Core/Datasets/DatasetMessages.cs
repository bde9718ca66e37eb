using System.Text.Json.Serialization;

namespace XrayMlOps.Core.Datasets;

/// <summary>Asks which blobs the server lacks, so that only those are uploaded.</summary>
public sealed record MissingBlobsRequest(IReadOnlyList<string> Digests);

public sealed record MissingBlobsResponse(IReadOnlyList<string> Missing);

/// <summary>A file of a push; its blob was uploaded before.</summary>
public sealed record PushedFilm(string File, string Digest, ImageLabel Label, string Patient);

/// <summary>Makes a dataset version of uploaded films.</summary>
/// <param name="Strict">Refuse the whole push if a film cannot be read.</param>
public sealed record PushRequest(IReadOnlyList<PushedFilm> Films, SplitRule? Split = null, bool Strict = false);

/// <summary>One line of the answer to a push (JSON Lines): progress while films are decoded, then what came of it.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(PushProgress), "progress")]
[JsonDerivedType(typeof(PushCompleted), "completed")]
[JsonDerivedType(typeof(PushRefused), "refused")]
public abstract record PushEvent;

public sealed record PushProgress(int Done, int Total) : PushEvent;

/// <param name="Created">False if the content equals the latest version, which is then the answer.</param>
/// <param name="Duplicates">Files whose bytes equal another's of this push; the first by path is kept.</param>
public sealed record PushCompleted(
    DatasetVersionResponse Version, bool Created, IReadOnlyList<RejectedFilm> Rejected, IReadOnlyList<DuplicateFilm> Duplicates) : PushEvent;

/// <summary>No version was made.</summary>
public sealed record PushRefused(string Reason, IReadOnlyList<RejectedFilm> Rejected) : PushEvent;

public sealed record RejectedFilm(string File, string Reason);

public sealed record DuplicateFilm(string File, string SameAs);

/// <param name="Images">Films.</param>
/// <param name="Bytes">Of the image files.</param>
/// <param name="Counts">Films per split and class.</param>
public sealed record DatasetVersionResponse(
    string Name, int Number, string Digest, DateTimeOffset CreatedAt, int Images, int Patients, long Bytes, SplitRule Split,
    IReadOnlyList<SplitCounts> Counts)
{
    /// <summary><c>name@number</c>.</summary>
    [JsonIgnore]
    public string Reference => $"{Name}@{Number}";
}

public sealed record SplitCounts(Split Split, int Normal, int Bacteria, int Virus)
{
    [JsonIgnore]
    public int Total => Normal + Bacteria + Virus;
}
