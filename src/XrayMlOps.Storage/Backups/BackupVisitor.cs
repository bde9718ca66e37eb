using XrayMlOps.Core.Blobs;

namespace XrayMlOps.Storage.Backups;

/// <summary>Takes what a <see cref="BackupReader"/> finds, in the archive's order. What it leaves of a stream is read for its digest all the same.</summary>
internal abstract class BackupVisitor
{
    public virtual Task HeadAsync(BackupHead head, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The blobs that are to come, once.</summary>
    public virtual Task BlobListAsync(IAsyncEnumerable<BackupEntry> blobs, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A blob, before it is known whether its content has its digest.</summary>
    /// <exception cref="BlobDigestMismatchException">It does not.</exception>
    public virtual Task BlobAsync(string digest, Stream content, CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>Only looks whether a backup is whole.</summary>
internal sealed class BackupInspection(IProgress<BackupProgress>? progress) : BackupVisitor
{
    private BackupHead? _head;
    private long _blobs;
    private long _bytes;

    public override Task HeadAsync(BackupHead head, CancellationToken cancellationToken)
    {
        _head = head;
        return Task.CompletedTask;
    }

    public override Task BlobAsync(string digest, Stream content, CancellationToken cancellationToken)
    {
        (_blobs, _bytes) = (_blobs + 1, _bytes + content.Length);
        progress?.Report(new BackupProgress(_blobs, _head!.Blobs, _bytes, _head.BlobBytes));
        return Task.CompletedTask;
    }
}
