using System.Globalization;
using XrayMlOps.Training.Devices;

namespace XrayMlOps.Training.Jobs;

/// <summary>
/// Notices memory that grows from epoch to epoch. The second epoch of the process is what the later ones are measured against: by then
/// every buffer has been needed once. Says so once.
/// </summary>
internal sealed class MemoryWatch
{
    private const double LeastShare = 0.25;
    private const long LeastBytes = 256L << 20;

    private readonly List<(int Epoch, MemoryUse Use)> _first = [];
    private bool _warned;

    /// <returns>What to warn of, or null.</returns>
    public string? After(int epoch, MemoryUse use)
    {
        if (_first.Count < 2)
        {
            _first.Add((epoch, use));
            return null;
        }
        if (_warned) return null;
        var (since, baseline) = _first[1];
        var growth = Growth("resident memory", since, baseline.Resident, epoch, use.Resident)
            ?? (baseline.OnDevice is { } before && use.OnDevice is { } now ? Growth("memory in use on the GPU", since, before, epoch, now) : null);
        _warned = growth is not null;
        return growth;
    }

    private static string? Growth(string what, int since, long before, int epoch, long now) =>
        now - before > LeastBytes && now - before > LeastShare * before
            ? string.Create(CultureInfo.InvariantCulture, $"{what} grows: {before >> 20:N0} MiB after epoch {since}, {now >> 20:N0} MiB after epoch {epoch}.")
            : null;
}
