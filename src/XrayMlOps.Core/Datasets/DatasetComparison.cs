using System.Runtime.CompilerServices;

namespace XrayMlOps.Core.Datasets;

/// <summary>Compares two manifests as they are read, holding one film of each: both must be ordered by digest, as manifests are.</summary>
public static class DatasetComparison
{
    /// <summary>The films that were added, removed, or differ in class, split, patient or path; ordered by digest.</summary>
    public static async IAsyncEnumerable<FilmChange> ChangesAsync(
        IAsyncEnumerable<ManifestEntry> before, IAsyncEnumerable<ManifestEntry> after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var (old, now) in MergeAsync(before, after, cancellationToken))
        {
            if (old is null || now is null || (old.Label, old.Split, old.Patient, old.File) != (now.Label, now.Split, now.Patient, now.File))
                yield return new FilmChange(old, now);
        }
    }

    /// <param name="from">Name of the version <paramref name="before"/>, as <c>name@number</c>.</param>
    /// <param name="to">Name of the version <paramref name="after"/>, as <c>name@number</c>.</param>
    public static async Task<DatasetDiff> CountAsync(
        string from, string to, IAsyncEnumerable<ManifestEntry> before, IAsyncEnumerable<ManifestEntry> after, CancellationToken cancellationToken)
    {
        SplitTally added = new(), removed = new();
        Dictionary<(ImageLabel From, ImageLabel To), int> relabelled = [];
        Dictionary<(Split From, Split To), int> moved = [];
        var unchanged = 0;
        await foreach (var (old, now) in MergeAsync(before, after, cancellationToken))
        {
            if (old is null) added.Add(now!);
            else if (now is null) removed.Add(old);
            else if ((old.Label, old.Split) == (now.Label, now.Split)) unchanged++;
            else
            {
                if (old.Label != now.Label) relabelled[(old.Label, now.Label)] = relabelled.GetValueOrDefault((old.Label, now.Label)) + 1;
                if (old.Split != now.Split) moved[(old.Split, now.Split)] = moved.GetValueOrDefault((old.Split, now.Split)) + 1;
            }
        }
        return new DatasetDiff(
            from, to, added.Counts(), removed.Counts(),
            [.. relabelled.OrderBy(pair => pair.Key).Select(pair => new RelabelledCount(pair.Key.From, pair.Key.To, pair.Value))],
            [.. moved.OrderBy(pair => pair.Key).Select(pair => new MovedCount(pair.Key.From, pair.Key.To, pair.Value))],
            unchanged);
    }

    /// <summary>Every digest of either side once, with its entry in each.</summary>
    private static async IAsyncEnumerable<(ManifestEntry? Old, ManifestEntry? Now)> MergeAsync(
        IAsyncEnumerable<ManifestEntry> before, IAsyncEnumerable<ManifestEntry> after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var olds = before.GetAsyncEnumerator(cancellationToken);
        await using var nows = after.GetAsyncEnumerator(cancellationToken);
        var (old, now) = (await NextAsync(olds), await NextAsync(nows));
        while (old is not null || now is not null)
        {
            var order = old is null ? 1 : now is null ? -1 : string.CompareOrdinal(old.Digest, now.Digest);
            yield return (order <= 0 ? old : null, order >= 0 ? now : null);
            if (order <= 0) old = await NextAsync(olds);
            if (order >= 0) now = await NextAsync(nows);
        }
    }

    private static async ValueTask<ManifestEntry?> NextAsync(IAsyncEnumerator<ManifestEntry> entries) => await entries.MoveNextAsync() ? entries.Current : null;
}
