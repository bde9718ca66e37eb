using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Runs;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Blobs;
using XrayMlOps.Storage.Models;
using XrayMlOps.Storage.Runs;

namespace XrayMlOps.Worker.Runs;

/// <summary>Moves what a trainer left in its folder into the registry: blobs first, then, in one transaction, all that names them.</summary>
internal sealed class RunOutputs(IDbContextFactory<RegistryDbContext> registries, IBlobStore blobs, BlobPinning pinning, TimeProvider clock)
{
    private static readonly string[] s_outputs = [TrainingOutputs.Model, TrainingOutputs.Evaluation, TrainingOutputs.Weights];

    /// <summary>Ends a run whose trainer completed, and registers and promotes its model if the run asks for that. False if the run is another's by now.</summary>
    public async Task<bool> PublishAsync(RunLease lease, Run run, string folder, string? weightsDigest)
    {
        await using var json = File.OpenRead(Path.Combine(folder, TrainingOutputs.Evaluation));
        var evaluation = (await JsonSerializer.DeserializeAsync<RunEvaluation>(json, XrayJson.Compact))!;
        List<RunArtifact> artifacts = [];
        foreach (var output in s_outputs) artifacts.Add(await UploadAsync(run.Id, folder, output));

        var now = clock.GetUtcNow();
        await using var registry = await registries.CreateDbContextAsync();
        var log = await StoreLogAsync(registry, run.Id);
        await using var transaction = await registry.BeginAloneAsync(CancellationToken.None);
        if (!await registry.EndRunAsync(run.Id, lease.Worker, RunState.Succeeded, reason: null, now, CancellationToken.None)) return false;
        var (loss, accuracy) = ((double?)evaluation.Test.LogLoss, (double?)evaluation.Test.Accuracy);
        await registry.Runs.Where(row => row.Id == run.Id).ExecuteUpdateAsync(set => set
            .SetProperty(row => row.Evaluation, evaluation).SetProperty(row => row.WeightsDigest, weightsDigest)
            .SetProperty(row => row.TestLoss, loss).SetProperty(row => row.TestAccuracy, accuracy));
        await registry.RunArtifacts.Where(artifact => artifact.RunId == run.Id && s_outputs.Contains(artifact.Name)).ExecuteDeleteAsync();
        registry.RunArtifacts.AddRange(artifacts);
        await registry.SaveChangesAsync();
        if (log is not null) await NameLogAsync(registry, run.Id, log);
        if (run.RegisterAs is { } name)
        {
            var version = await registry.RegisterModelAsync(name, run.Id, now, CancellationToken.None);
            if (run.Alias is { } alias) await registry.PromoteAsync(version, alias, by: $"run {run.Id}", "asked for when the run was made", now, CancellationToken.None);
            await registry.SaveChangesAsync();
        }
        await transaction.CommitAsync();
        return true;
    }

    /// <summary>Makes what is in the registry of a run's log part of its log file. To be called when no attempt writes to it.</summary>
    public async Task<bool> KeepLogAsync(int runId)
    {
        await using var registry = await registries.CreateDbContextAsync();
        if (await StoreLogAsync(registry, runId) is not { } log) return false;
        await using var transaction = await registry.BeginAloneAsync(CancellationToken.None);
        await NameLogAsync(registry, runId, log);
        await transaction.CommitAsync();
        return true;
    }

    /// <summary>The log file so far and the pieces after it, as one blob; null if there is no piece.</summary>
    private async Task<StoredLog?> StoreLogAsync(RegistryDbContext registry, int runId)
    {
        var pieces = await registry.RunLog.AsNoTracking().Where(piece => piece.RunId == runId).OrderBy(piece => piece.Id).ToListAsync();
        if (pieces.Count == 0) return null;
        using MemoryStream whole = new();
        var before = await registry.RunArtifacts.Where(artifact => artifact.RunId == runId && artifact.Name == TrainingOutputs.Log)
            .Select(artifact => artifact.Digest).SingleOrDefaultAsync();
        if (before is not null)
        {
            await using var file = await blobs.OpenReadAsync(before, CancellationToken.None);
            await file.CopyToAsync(whole);
        }
        foreach (var piece in pieces) whole.Write(Encoding.UTF8.GetBytes(piece.Text));
        return new StoredLog(await pinning.PutAsync(whole, CancellationToken.None), whole.Length, pieces[^1].Id);
    }

    private static async Task NameLogAsync(RegistryDbContext registry, int runId, StoredLog log)
    {
        await registry.RunArtifacts.Where(artifact => artifact.RunId == runId && artifact.Name == TrainingOutputs.Log).ExecuteDeleteAsync();
        registry.RunArtifacts.Add(new RunArtifact { RunId = runId, Name = TrainingOutputs.Log, Digest = log.Digest, Bytes = log.Bytes });
        await registry.SaveChangesAsync();
        await registry.RunLog.Where(piece => piece.RunId == runId && piece.Id <= log.LastPiece).ExecuteDeleteAsync();
    }

    private async Task<RunArtifact> UploadAsync(int runId, string folder, string name)
    {
        await using var file = File.OpenRead(Path.Combine(folder, name));
        return new RunArtifact { RunId = runId, Name = name, Digest = await pinning.PutAsync(file, CancellationToken.None), Bytes = file.Length };
    }

    /// <param name="LastPiece">The last that the blob holds.</param>
    private sealed record StoredLog(string Digest, long Bytes, long LastPiece);
}
