using System.Reflection;
using System.Text.Json;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Storage.Blobs;

namespace XrayMlOps.Storage.Backups;

/// <summary>
/// Writes the registry and every blob that it names into one file (see <see cref="BackupFormat"/>): as of one moment, beside hosts that go on, whatever kinds of
/// storage they are in.
/// </summary>
public sealed class RegistryBackup(RegistryDatabase database, IBlobStore blobs, TimeProvider clock)
{
    // Each is held in memory as far as its first window.
    private const int BlobsOpenedAhead = 8;

    /// <summary>Writes a backup; the file appears when it is whole.</summary>
    /// <param name="path">Must not be there yet. Only its owner can read it.</param>
    /// <exception cref="InvalidOperationException">The database is not up to date with this build, or a blob that it names is lost or damaged.</exception>
    public async Task<BackupHead> WriteAsync(string path, IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        var target = Path.GetFullPath(path);
        if (File.Exists(target)) throw new IOException($"{target} is there already.");
        var scratch = Path.GetDirectoryName(target)!;
        await using var snapshot = await RegistrySnapshot.TakeAsync(database, blobs, clock, scratch, cancellationToken);
        var sizes = await SizesAsync(snapshot.Blobs, cancellationToken);

        var temporary = $"{target}.{Guid.NewGuid():N}.partial";
        FileStreamOptions ownerOnly = new() { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.Asynchronous, BufferSize = 1 << 16 };
        if (!OperatingSystem.IsWindows()) ownerOnly.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            BackupHead head;
            await using (FileStream file = new(temporary, ownerOnly))
            {
                head = await WriteAsync(file, scratch, snapshot, sizes, progress, cancellationToken);
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, target);
            return head;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private async Task<BackupHead> WriteAsync(
        FileStream file, string scratch, RegistrySnapshot snapshot, Dictionary<DigestKey, long> sizes, IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        BackupHead head = new(
            BackupFormat.Version, snapshot.Schema, clock.GetUtcNow(), Tool(), BackupFormat.SecretAbsent,
            [.. snapshot.Tables.Select(table => table.Table)], sizes.Count, sizes.Values.Sum());
        await using BackupWriter writer = new(file, scratch, head.CreatedAt);
        await writer.AddAsync(BackupFormat.Head, new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(head, BackupFormat.Lines)), cancellationToken);
        await using (var list = ScratchFile.Create(scratch))
        {
            foreach (var blob in snapshot.Blobs)
                await BackupWriter.AddLineAsync(list, new BackupEntry(BackupFormat.BlobEntry($"{blob}"), sizes[blob], $"{blob}"), cancellationToken);
            list.Position = 0;
            await writer.AddAsync(BackupFormat.BlobList, list, cancellationToken);
        }
        foreach (var (table, rows) in snapshot.Tables) await writer.AddAsync(BackupFormat.TableEntry(table.Name), rows, cancellationToken);
        var (written, bytes) = (0L, 0L);
        await foreach (var (digest, content) in OpenAsync(snapshot.Blobs, cancellationToken))
        {
            await using (content)
            {
                var entry = await writer.AddAsync(BackupFormat.BlobEntry(digest), content, cancellationToken);
                if (entry.Sha256 != digest)
                    throw new InvalidOperationException($"The blob sha256:{digest} is damaged in the store: the digest of its content is {entry.Sha256}. No backup was written.");
                (written, bytes) = (written + 1, bytes + entry.Bytes);
            }
            progress?.Report(new BackupProgress(written, head.Blobs, bytes, head.BlobBytes));
        }
        await writer.FinishAsync(cancellationToken);
        return head;
    }

    private async Task<Dictionary<DigestKey, long>> SizesAsync(IReadOnlyList<DigestKey> named, CancellationToken cancellationToken)
    {
        HashSet<DigestKey> wanted = [.. named];
        Dictionary<DigestKey, long> sizes = [];
        await foreach (var blob in blobs.ListAsync(cancellationToken))
        {
            if (DigestKey.Of(blob.Digest) is var key && wanted.Remove(key)) sizes[key] = blob.Bytes;
        }
        return wanted.Count == 0
            ? sizes
            : throw new InvalidOperationException(
                $"{wanted.Count} of the blobs that the registry names are not in the store, sha256:{wanted.First()} is one. "
                + "No backup was written: restore them, or delete what names them.");
    }

    /// <summary>Opens blobs in their order, some before they are read: a store that is far away answers them at once.</summary>
    private async IAsyncEnumerable<(string Digest, Stream Content)> OpenAsync(
        IReadOnlyList<DigestKey> digests, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Queue<(string Digest, Task<Stream> Content)> opened = [];
        try
        {
            foreach (var blob in digests)
            {
                opened.Enqueue(($"{blob}", blobs.OpenReadAsync($"{blob}", cancellationToken)));
                if (opened.Count == BlobsOpenedAhead) yield return await NextAsync();
            }
            while (opened.Count > 0) yield return await NextAsync();
        }
        finally
        {
            foreach (var (_, content) in opened)
            {
                await content.ContinueWith(
                    left => left.IsCompletedSuccessfully ? left.Result.DisposeAsync().AsTask() : Task.CompletedTask, TaskScheduler.Default).Unwrap();
            }
        }

        async Task<(string, Stream)> NextAsync()
        {
            var (digest, content) = opened.Dequeue();
            return (digest, await content);
        }
    }

    private static string Tool() => $"XrayMlOps {typeof(RegistryBackup).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion}";
}
