using System.Text.Json.Serialization;

namespace XrayMlOps.Core.Datasets;

/// <param name="Images">Films.</param>
/// <param name="Bytes">Of the image files.</param>
/// <param name="Split">The shares that patients without a split were divided by.</param>
/// <param name="Counts">Films per split and class.</param>
/// <param name="Base">The version that it was made from, as <c>name@number</c>, if it was.</param>
/// <param name="FrozenTest">The version whose test set it keeps, as <c>name@number</c>, if it does.</param>
/// <param name="Note">What whoever made it said of it.</param>
public sealed record DatasetVersionResponse(
    string Name, int Number, string Digest, DateTimeOffset CreatedAt, int Images, int Patients, long Bytes, SplitRule Split,
    IReadOnlyList<SplitCounts> Counts, IReadOnlyList<string> Tags, string? Base = null, string? FrozenTest = null, string? Note = null)
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

/// <summary>Points a tag at a version; it may have pointed at another of the same dataset.</summary>
public sealed record TagRequest(string Tag);

/// <summary>Why a version is deleted. Its number is never given again, and the reason is kept.</summary>
/// <param name="Force">Delete it although runs or models were made from it.</param>
/// <param name="Reason">Must be given to force.</param>
public sealed record DeleteDatasetRequest(bool Force = false, string? Reason = null, string? By = null);

/// <summary>What came from a version, and what it came from.</summary>
/// <param name="Base">As <c>name@number</c>, if it was made from another.</param>
/// <param name="Derived">Versions made from it, as <c>name@number</c>.</param>
/// <param name="Runs">Ids of the runs that used it, the newest first.</param>
/// <param name="Models">Model versions that those made, as <c>name:version</c>.</param>
public sealed record DatasetLineage(string? Base, IReadOnlyList<string> Derived, IReadOnlyList<int> Runs, IReadOnlyList<string> Models);
