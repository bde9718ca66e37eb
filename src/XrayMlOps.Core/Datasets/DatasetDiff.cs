namespace XrayMlOps.Core.Datasets;

/// <summary>What changed from one dataset version to another.</summary>
/// <param name="From">As <c>name@number</c>.</param>
/// <param name="To">As <c>name@number</c>.</param>
/// <param name="Added">Films of <paramref name="To"/> alone, per split and class.</param>
/// <param name="Removed">Films of <paramref name="From"/> alone, per split and class that they had.</param>
/// <param name="Relabelled">Films of both whose class differs, by classes.</param>
/// <param name="Moved">Films of both whose split differs, by splits.</param>
/// <param name="Unchanged">Films of both with the same class and split.</param>
public sealed record DatasetDiff(
    string From, string To, IReadOnlyList<SplitCounts> Added, IReadOnlyList<SplitCounts> Removed, IReadOnlyList<RelabelledCount> Relabelled,
    IReadOnlyList<MovedCount> Moved, int Unchanged);

public sealed record RelabelledCount(ImageLabel From, ImageLabel To, int Films);

public sealed record MovedCount(Split From, Split To, int Films);

/// <summary>A film that changed between two versions: a line of the diff in full (JSON Lines, ordered by digest).</summary>
/// <param name="Before">Null if it was added.</param>
/// <param name="After">Null if it was removed.</param>
public sealed record FilmChange(ManifestEntry? Before, ManifestEntry? After);
