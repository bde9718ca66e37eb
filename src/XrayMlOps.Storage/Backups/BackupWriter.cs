using System.Formats.Tar;
using System.Text.Json;
using XrayMlOps.Core.Blobs;

namespace XrayMlOps.Storage.Backups;

/// <summary>Writes a backup's entries and, last, the manifest of them.</summary>
/// <param name="archive">Stays open.</param>
/// <param name="scratch">A folder for the manifest until it is written.</param>
internal sealed class BackupWriter(Stream archive, string scratch, DateTimeOffset at) : IAsyncDisposable
{
    private readonly TarWriter _tar = new(archive, TarEntryFormat.Pax, leaveOpen: true);
    private readonly FileStream _manifest = ScratchFile.Create(scratch);

    /// <summary>Writes an entry; answers its line in the manifest.</summary>
    /// <param name="content">Seekable; written from where it stands.</param>
    public async Task<BackupEntry> AddAsync(string name, Stream content, CancellationToken cancellationToken)
    {
        var entry = await WriteAsync(name, content, cancellationToken);
        await AddLineAsync(_manifest, entry, cancellationToken);
        return entry;
    }

    /// <summary>Writes the manifest: nothing comes after it.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        _manifest.Position = 0;
        await WriteAsync(BackupFormat.Manifest, _manifest, cancellationToken);
        await _tar.DisposeAsync();
    }

    /// <summary>Writes an entry's line.</summary>
    public static async Task AddLineAsync(Stream lines, BackupEntry entry, CancellationToken cancellationToken) => await lines.WriteAsync(LineOf(entry), cancellationToken);

    /// <summary>In UTF-8.</summary>
    public static byte[] LineOf(BackupEntry entry) => [.. JsonSerializer.SerializeToUtf8Bytes(entry, BackupFormat.Lines), (byte)'\n'];

    public async ValueTask DisposeAsync()
    {
        await _tar.DisposeAsync();
        await _manifest.DisposeAsync();
    }

    private async Task<BackupEntry> WriteAsync(string name, Stream content, CancellationToken cancellationToken)
    {
        await using HashingStream hashed = new(content);
        await _tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = hashed, ModificationTime = at }, cancellationToken);
        if (hashed.Position != hashed.Length) throw new IOException($"{name} ended after {hashed.Position} of its {hashed.Length} bytes.");
        return new BackupEntry(name, hashed.Length, await hashed.FinishAsync(cancellationToken));
    }
}
