using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Runs;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Blobs;
using XrayMlOps.Storage.Runs;

namespace XrayMlOps.Worker.Runs;

/// <summary>A run's newest checkpoint, in the blob store for whichever worker takes the run next.</summary>
internal sealed partial class RunCheckpoint(
    IDbContextFactory<RegistryDbContext> registries, IBlobStore blobs, BlobPinning pinning, SupersededBlobs superseded, ILogger<RunCheckpoint> logger)
{
    /// <summary>
    /// Puts the checkpoint that the registry names into the folder, unless it is there already: what the folder holds beyond it, the registry never heard of.
    /// Where the blob is gone the run begins with what the folder holds.
    /// </summary>
    public async Task RestoreAsync(Run run, string folder, CancellationToken cancellationToken)
    {
        await using var registry = await registries.CreateDbContextAsync(cancellationToken);
        var path = Path.Combine(folder, TrainingOutputs.Checkpoint);
        if (await NamedAsync(registry, run.Id, cancellationToken) is not { } digest)
        {
            if (run.EpochsDone == 0) File.Delete(path);
            return;
        }
        if (File.Exists(path) && await DigestOfAsync(path, cancellationToken) == digest) return;
        var beside = $"{path}.{Guid.NewGuid():N}";
        try
        {
            await using (var file = File.Create(beside))
            {
                await using var blob = await blobs.OpenReadAsync(digest, cancellationToken);
                await blob.CopyToAsync(file, cancellationToken);
            }
            if (await DigestOfAsync(beside, cancellationToken) is var actual && actual != digest) throw new BlobDigestMismatchException(digest, actual);
            File.Move(beside, path, overwrite: true);
        }
        catch (BlobNotFoundException)
        {
            LogLost(run.Id, digest);
        }
        finally
        {
            File.Delete(beside);
        }
    }

    /// <summary>Stores the folder's checkpoint, to be named by <see cref="NameAsync"/>; null where there is none.</summary>
    public async Task<RunCheckpointFile?> StoreAsync(string folder, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, TrainingOutputs.Checkpoint);
        if (!File.Exists(path)) return null;
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1 << 20);
        return new RunCheckpointFile(await pinning.PutAsync(file, cancellationToken), file.Length);
    }

    /// <summary>Makes a stored checkpoint the run's, inside the caller's transaction.</summary>
    /// <returns>The digest of the one that it supersedes, or null.</returns>
    public static async Task<string?> NameAsync(RegistryDbContext registry, int runId, RunCheckpointFile checkpoint, CancellationToken cancellationToken)
    {
        var old = await NamedAsync(registry, runId, cancellationToken);
        if (old == checkpoint.Digest) return null;
        await registry.RunArtifacts.Where(artifact => artifact.RunId == runId && artifact.Name == TrainingOutputs.Checkpoint).ExecuteDeleteAsync(cancellationToken);
        registry.RunArtifacts.Add(new RunArtifact { RunId = runId, Name = TrainingOutputs.Checkpoint, Digest = checkpoint.Digest, Bytes = checkpoint.Bytes });
        await registry.SaveChangesAsync(cancellationToken);
        return old;
    }

    /// <summary>Frees a checkpoint that was superseded; what cannot be freed now, a collection frees later.</summary>
    public async Task FreeAsync(string digest)
    {
        try
        {
            await superseded.FreeAsync(digest, CancellationToken.None);
        }
        catch (Exception problem)
        {
            LogNotFreed(problem, digest);
        }
    }

    private static Task<string?> NamedAsync(RegistryDbContext registry, int runId, CancellationToken cancellationToken) =>
        registry.RunArtifacts.Where(artifact => artifact.RunId == runId && artifact.Name == TrainingOutputs.Checkpoint)
            .Select(artifact => artifact.Digest).SingleOrDefaultAsync(cancellationToken);

    private static async Task<string> DigestOfAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        return await Digest.OfAsync(file, cancellationToken);
    }

    [LoggerMessage(47, LogLevel.Error, "The checkpoint of run {RunId} (sha256:{Digest}) is not in the blob store any more; the run goes on with what this worker has of it")]
    private partial void LogLost(int runId, string digest);

    [LoggerMessage(48, LogLevel.Warning, "The superseded checkpoint sha256:{Digest} could not be freed; a collection will")]
    private partial void LogNotFreed(Exception problem, string digest);
}

/// <summary>A checkpoint in the blob store.</summary>
internal sealed record RunCheckpointFile(string Digest, long Bytes);
