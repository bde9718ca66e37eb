using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core;
using XrayMlOps.Core.Runs;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Blobs;
using XrayMlOps.Storage.Models;
using XrayMlOps.Storage.Runs;

namespace XrayMlOps.Worker.Runs;

/// <summary>Moves what a trainer left in its folder into the registry: blobs first, then, in one transaction, all that names them.</summary>
internal sealed class RunOutputs(IDbContextFactory<RegistryDbContext> registries, BlobPinning pinning, TimeProvider clock)
{
    /// <summary>Ends a run whose trainer completed, and registers and promotes its model if the run asks for that. False if the run is another's by now.</summary>
    public async Task<bool> PublishAsync(RunLease lease, Run run, string folder)
    {
        await using var json = File.OpenRead(Path.Combine(folder, TrainingOutputs.Evaluation));
        var evaluation = await JsonSerializer.DeserializeAsync<RunEvaluation>(json, XrayJson.Compact);
        List<RunArtifact> artifacts = [];
        foreach (var output in (string[])[TrainingOutputs.Model, TrainingOutputs.Evaluation, TrainingOutputs.Weights, TrainingOutputs.Log])
            artifacts.Add(await UploadAsync(run.Id, folder, output));

        var now = clock.GetUtcNow();
        await using var registry = await registries.CreateDbContextAsync();
        await using var transaction = await registry.BeginAloneAsync(CancellationToken.None);
        if (!await registry.EndRunAsync(run.Id, lease.Worker, RunState.Succeeded, reason: null, now, CancellationToken.None)) return false;
        await registry.Runs.Where(row => row.Id == run.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Evaluation, evaluation));
        await registry.RunArtifacts.Where(artifact => artifact.RunId == run.Id).ExecuteDeleteAsync();
        registry.RunArtifacts.AddRange(artifacts);
        await registry.SaveChangesAsync();
        if (run.RegisterAs is { } name)
        {
            var version = await registry.RegisterModelAsync(name, run.Id, now, CancellationToken.None);
            if (run.Alias is { } alias) await registry.PromoteAsync(version, alias, by: $"run {run.Id}", "asked for when the run was made", now, CancellationToken.None);
            await registry.SaveChangesAsync();
        }
        await transaction.CommitAsync();
        return true;
    }

    /// <summary>Keeps the log of an attempt that did not complete; a later one's takes its place.</summary>
    public async Task KeepLogAsync(int runId, string folder)
    {
        if (!File.Exists(Path.Combine(folder, TrainingOutputs.Log))) return;
        var log = await UploadAsync(runId, folder, TrainingOutputs.Log);
        await using var registry = await registries.CreateDbContextAsync();
        await using var transaction = await registry.BeginAloneAsync(CancellationToken.None);
        await registry.RunArtifacts.Where(artifact => artifact.RunId == runId && artifact.Name == log.Name).ExecuteDeleteAsync();
        registry.RunArtifacts.Add(log);
        await registry.SaveChangesAsync();
        await transaction.CommitAsync();
    }

    private async Task<RunArtifact> UploadAsync(int runId, string folder, string name)
    {
        await using var file = File.OpenRead(Path.Combine(folder, name));
        return new RunArtifact { RunId = runId, Name = name, Digest = await pinning.PutAsync(file, CancellationToken.None), Bytes = file.Length };
    }
}
