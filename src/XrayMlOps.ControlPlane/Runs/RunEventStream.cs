using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Runs;
using XrayMlOps.Storage;

namespace XrayMlOps.ControlPlane.Runs;

/// <summary>
/// Tells how a run goes on as <see cref="RunEvents"/>. It looks into the registry twice a second, as whoever trains the run may be another machine, and
/// holds no connection to it in between.
/// </summary>
internal sealed class RunEventStream(IDbContextFactory<RegistryDbContext> registries, TimeProvider time, IHostApplicationLifetime lifetime)
{
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_longestSilence = TimeSpan.FromSeconds(10);

    /// <param name="lastEpoch">The last that the listener knows; 0 if it knows none.</param>
    public async IAsyncEnumerable<SseItem<object>> FollowAsync(int id, int lastEpoch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A host that stops does not wait for its listeners: they come back to the one that takes its place.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        var told = lastEpoch;
        Look? before = null;
        var spoke = time.GetTimestamp();
        while (!ending.IsCancellationRequested && await LookAsync(id, told, cancellationToken) is { } look)
        {
            var progress = look.Progress(id);
            if (before is null || progress with { EpochsDone = 0 } != before.Progress(id) with { EpochsDone = 0 }) yield return new SseItem<object>(progress, RunEvents.Run);
            foreach (var epoch in look.News)
            {
                told = epoch.Epoch;
                yield return new SseItem<object>(epoch, RunEvents.Epoch) { EventId = told.ToString(CultureInfo.InvariantCulture) };
            }
            // The step of an epoch that is finished says nothing about the next one.
            var step = look.Step is { } last && last.Epoch > look.LastEpoch && last != before?.Step ? last : null;
            if (step is not null) yield return new SseItem<object>(new StepProgress(step, look.SecondsLeft(step)), RunEvents.Step);
            if (look.State.IsEnd())
            {
                yield return new SseItem<object>(progress, RunEvents.End);
                yield break;
            }

            if (look.News is not [] || step is not null) spoke = time.GetTimestamp();
            if (time.GetElapsedTime(spoke) >= s_longestSilence)
            {
                yield return new SseItem<object>(new { }, RunEvents.Heartbeat);
                spoke = time.GetTimestamp();
            }
            before = look;
            await Task.Delay(s_betweenLooks, time, ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<Look?> LookAsync(int id, int told, CancellationToken cancellationToken)
    {
        await using var registry = await registries.CreateDbContextAsync(cancellationToken);
        var look = await registry.Runs.AsNoTracking().Where(run => run.Id == id).Select(run => new Look
        {
            State = run.State,
            Reason = run.Reason,
            Attempt = run.Attempt,
            Step = run.Step,
            EpochsAsked = run.EpochsAsked,
            BatchSize = run.BatchSize,
            LastEpoch = run.Epochs.Max(epoch => (int?)epoch.Epoch) ?? 0,
            SecondsPerEpoch = run.Epochs.Average(epoch => (double?)epoch.Seconds),
        }).SingleOrDefaultAsync(cancellationToken);
        if (look is null || look.LastEpoch == told) return look;
        // An epoch that is trained again, after a crash, takes those after it out of the registry.
        var known = Math.Min(told, look.LastEpoch - 1);
        var epochs = await registry.RunEpochs.AsNoTracking().Where(epoch => epoch.RunId == id && epoch.Epoch > known)
            .OrderBy(epoch => epoch.Epoch).ToListAsync(cancellationToken);
        return look with { News = [.. epochs.Select(epoch => epoch.ToMetrics())] };
    }

    /// <summary>What the registry knows of a run at one moment.</summary>
    private sealed record Look
    {
        public required RunState State { get; init; }

        public required string? Reason { get; init; }

        public required int Attempt { get; init; }

        public required TrainerStep? Step { get; init; }

        public required int EpochsAsked { get; init; }

        public required int BatchSize { get; init; }

        /// <summary>0 before the first is finished.</summary>
        public required int LastEpoch { get; init; }

        public required double? SecondsPerEpoch { get; init; }

        /// <summary>Epochs that the listener does not know, in order.</summary>
        public IReadOnlyList<EpochMetrics> News { get; init; } = [];

        public RunProgress Progress(int id) => new(id, State, Reason, Attempt, LastEpoch, EpochsAsked);

        public double SecondsLeft(TrainerStep step) => RunPace.SecondsLeft(step, EpochsAsked, BatchSize, SecondsPerEpoch);
    }
}
