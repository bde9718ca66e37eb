using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Runs;
using XrayMlOps.Core.Sweeps;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Access;
using XrayMlOps.Storage.Datasets;
using XrayMlOps.Storage.Runs;
using XrayMlOps.Storage.Sweeps;

namespace XrayMlOps.ControlPlane.Sweeps;

/// <summary>What asking for a sweep came to.</summary>
/// <param name="SweepId">Null if it was refused.</param>
/// <param name="Problems">Everything that is wrong with what was asked.</param>
internal sealed record CreatedSweep(int? SweepId, IReadOnlyList<string> Problems);

/// <param name="Refused">Why the sweep does not go on, or null if it does.</param>
internal sealed record ResumedSweep(string? Refused = null);

/// <summary>Makes, stops and resumes sweeps. Which runs they ask for is <see cref="SweepAdvance"/>'s.</summary>
internal sealed class SweepControl(RegistryDbContext registry, TimeProvider clock)
{
    public async Task<CreatedSweep> CreateAsync(SweepRequest request, CancellationToken cancellationToken)
    {
        List<string> problems = [.. request.Spec.Problems()];
        // Alone, so that the version is not deleted before the sweep names it.
        await using var transaction = await registry.BeginAloneAsync(cancellationToken);
        var dataset = DatasetReference.TryParse(request.Dataset, out var reference) ? await registry.FindDatasetVersionAsync(reference, cancellationToken) : null;
        if (dataset is null) problems.Add($"dataset '{request.Dataset}': there is no such version; push it first, or name one as {DatasetReference.Forms}");
        if (dataset is null || problems.Count > 0) return new CreatedSweep(null, problems);

        var sweep = new Sweep
        {
            Name = request.Spec.Name,
            Spec = request.Spec,
            DatasetVersionId = dataset.Id,
            Experiment = request.Spec.Name,
            Need = request.Need,
            GitCommit = request.GitCommit,
            CreatedAt = clock.GetUtcNow(),
        };
        registry.Sweeps.Add(sweep);
        await registry.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new CreatedSweep(sweep.Id, []);
    }

    /// <summary>Cancels what is unfinished of a sweep that is not completed, and lets it ask for no more. Answers its state after that, or null if there is no such sweep.</summary>
    public async Task<SweepState?> StopAsync(int sweepId, CancellationToken cancellationToken)
    {
        await using (var transaction = await registry.BeginAloneAsync(cancellationToken))
        {
            var now = clock.GetUtcNow(); // no run of the sweep is made after this moment
            await registry.Sweeps.Where(sweep => sweep.Id == sweepId && sweep.State == SweepState.Running).ExecuteUpdateAsync(
                set => set.SetProperty(sweep => sweep.State, SweepState.Stopped).SetProperty(sweep => sweep.EndedAt, now), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        var state = await StateAsync(sweepId, cancellationToken);
        if (state != SweepState.Stopped) return state;
        // Of a stopped sweep too: whoever stopped it may have been killed here.
        var unfinished = await registry.Runs.Where(run => run.SweepId == sweepId && (run.State == RunState.Queued || run.State == RunState.Running))
            .OrderByDescending(run => run.Id).Select(run => run.Id).ToListAsync(cancellationToken);
        AuditTrail.Note($"Sweep/{sweepId}", new { Unfinished = unfinished }, new { State = SweepState.Stopped });
        foreach (var run in unfinished) await registry.CancelRunAsync(run, clock.GetUtcNow(), cancellationToken);
        return state;
    }

    /// <summary>Lets a stopped sweep go on: with the trials that were cancelled when it was stopped, each from its checkpoint. Null if there is no such sweep.</summary>
    public async Task<ResumedSweep?> ResumeAsync(int sweepId, CancellationToken cancellationToken)
    {
        await using var transaction = await registry.BeginAloneAsync(cancellationToken);
        var sweep = await registry.Sweeps.AsNoTracking().Include(sweep => sweep.DatasetVersion).SingleOrDefaultAsync(sweep => sweep.Id == sweepId, cancellationToken);
        if (sweep is null) return null;
        if (sweep.State != SweepState.Stopped) return new ResumedSweep($"Sweep {sweepId} is {sweep.State.ToString().ToLowerInvariant()}: only one that was stopped can be resumed.");
        if (sweep.DatasetVersion.DeletedAt is not null) return new ResumedSweep($"Sweep {sweepId} cannot be resumed: its dataset version {sweep.DatasetVersion.Reference} was deleted.");
        await registry.Sweeps.Where(row => row.Id == sweepId).ExecuteUpdateAsync(set => set.SetProperty(row => row.State, SweepState.Running), cancellationToken);
        AuditTrail.Note($"Sweep/{sweepId}", new { sweep.State }, new { State = SweepState.Running });
        await transaction.CommitAsync(cancellationToken);
        return new ResumedSweep();
    }

    private Task<SweepState?> StateAsync(int sweepId, CancellationToken cancellationToken) =>
        registry.Sweeps.Where(sweep => sweep.Id == sweepId).Select(sweep => (SweepState?)sweep.State).SingleOrDefaultAsync(cancellationToken);
}
