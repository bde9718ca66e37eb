using System.Text;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Runs;
using XrayMlOps.Storage;

namespace XrayMlOps.ControlPlane.Runs;

/// <summary>
/// Writes the log of a run: the artifact that its ended attempts left, then the pieces of the attempt that is under way. When that attempt ends, an
/// artifact that holds the whole log takes the place of both.
/// </summary>
internal sealed class RunLogStream(IDbContextFactory<RegistryDbContext> registries, IBlobStore blobs, TimeProvider time, IHostApplicationLifetime lifetime)
{
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromMilliseconds(500);

    /// <param name="skip">Bytes of the log that are left out at its beginning.</param>
    /// <param name="follow">Goes on until the run has ended.</param>
    public async Task WriteAsync(int id, Stream body, long skip, bool follow, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        var log = new Unwritten(body, skip);
        var (artifact, piece) = ((string?)null, 0L);
        while (!ending.IsCancellationRequested)
        {
            await using var registry = await registries.CreateDbContextAsync(cancellationToken);
            var run = await registry.Runs.Where(run => run.Id == id).Select(run => new
            {
                run.State,
                Log = run.Artifacts.Where(artifact => artifact.Name == TrainingOutputs.Log).Select(artifact => artifact.Digest).FirstOrDefault(),
            }).SingleAsync(cancellationToken);
            if (run.Log != artifact && run.Log is not null)
            {
                log.Restart();
                await using var content = await blobs.OpenReadAsync(run.Log, cancellationToken);
                await log.CopyAsync(content, cancellationToken);
                artifact = run.Log;
            }
            var pieces = await registry.RunLog.AsNoTracking().Where(row => row.RunId == id && row.Id > piece).OrderBy(row => row.Id).ToListAsync(cancellationToken);
            foreach (var row in pieces)
            {
                await log.WriteAsync(Encoding.UTF8.GetBytes(row.Text), cancellationToken);
                piece = row.Id;
            }
            await body.FlushAsync(cancellationToken);
            if (!follow || run.State.IsEnd()) return;
            await Task.Delay(s_betweenLooks, time, ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>What of a log was not written yet.</summary>
    private sealed class Unwritten(Stream body, long known)
    {
        private long _at;

        /// <summary>The log comes from its beginning again.</summary>
        public void Restart() => _at = 0;

        public async Task CopyAsync(Stream content, CancellationToken cancellationToken)
        {
            var buffer = new byte[81_920];
            while (await content.ReadAsync(buffer, cancellationToken) is > 0 and var read) await WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            var first = (int)Math.Clamp(known - _at, 0, bytes.Length);
            _at += bytes.Length;
            known = Math.Max(known, _at);
            if (first < bytes.Length) await body.WriteAsync(bytes[first..], cancellationToken);
        }
    }
}
