namespace XrayMlOps.Storage.Tests;

/// <summary>Stands still until it is told; several threads may read it.</summary>
internal sealed class ManualClock : TimeProvider
{
    private long _ticks = TemporaryRegistry.Start.UtcTicks;

    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref _ticks), TimeSpan.Zero);

    /// <summary>Never goes back.</summary>
    public void Set(DateTimeOffset now) => Volatile.Write(ref _ticks, Math.Max(_ticks, now.UtcTicks));
}
