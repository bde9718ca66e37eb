using System.Formats.Tar;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using XrayMlOps.Core.Blobs;

namespace XrayMlOps.Storage.Backups;

/// <summary>A backup that was read to its end and found whole.</summary>
/// <param name="Tables">The digest of each table's entry, by its name.</param>
internal sealed record ReadBackup(BackupHead Head, IReadOnlyDictionary<string, string> Tables);

/// <summary>Reads a backup from its beginning to its end, and every byte of it once: what differs from its manifest is refused with its name.</summary>
internal sealed class BackupReader : IDisposable
{
    private readonly BackupVisitor _visitor;
    private readonly FileStream _seen = ScratchFile.Create(Path.Combine(Path.GetTempPath(), "xraymlops-backup"));
    private readonly IncrementalHash _blobLines = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Dictionary<string, string> _tables = new(StringComparer.Ordinal);
    private BackupHead? _head;
    private string _blobList = "";
    private long _blobs;
    private long _blobBytes;

    private BackupReader(BackupVisitor visitor) => _visitor = visitor;

    /// <exception cref="BackupRefusedException">The file is no backup, is damaged, or is of a newer format.</exception>
    public static async Task<ReadBackup> ReadAsync(string path, BackupVisitor visitor, CancellationToken cancellationToken)
    {
        using BackupReader reader = new(visitor);
        await using var file = Open(path);
        await using TarReader tar = new(file);
        var last = "";
        while (await NextAsync(tar, last, cancellationToken) is { } entry)
        {
            if (last == BackupFormat.Manifest) throw BackupRefusedException.Damaged($"it goes on after {BackupFormat.Manifest}, with {entry.Name}");
            if (last == "" && entry.Name != BackupFormat.Head) throw NoBackup(path);
            await reader.ReadAsync(entry, cancellationToken);
            last = entry.Name;
        }
        if (last == "") throw NoBackup(path);
        return last == BackupFormat.Manifest
            ? new ReadBackup(reader._head!, reader._tables)
            : throw BackupRefusedException.Damaged($"it ends after {last}, so that {BackupFormat.Manifest} and perhaps more is missing");
    }

    public static FileStream Open(string path) => new(path, new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan, BufferSize = 1 << 16 });

    /// <summary>The next entry, or null at the end.</summary>
    public static async Task<TarEntry?> NextAsync(TarReader tar, string last, CancellationToken cancellationToken)
    {
        try
        {
            return await tar.GetNextEntryAsync(copyData: false, cancellationToken);
        }
        catch (Exception problem) when (problem is InvalidDataException or EndOfStreamException or FormatException or NotSupportedException or ArgumentException or OverflowException)
        {
            throw BackupRefusedException.Damaged(last == "" ? "it does not begin as an archive does" : $"what follows {last} is no entry", problem);
        }
    }

    public void Dispose()
    {
        _seen.Dispose();
        _blobLines.Dispose();
    }

    private async Task ReadAsync(TarEntry entry, CancellationToken cancellationToken)
    {
        if (entry.EntryType is not TarEntryType.RegularFile) throw BackupRefusedException.Damaged($"{entry.Name} is no file");
        await using HashingStream content = new(entry.DataStream ?? Stream.Null);
        try
        {
            await VisitAsync(entry.Name, content, cancellationToken);
            var digest = await content.FinishAsync(cancellationToken);
            if (content.Position != entry.Length) throw BackupRefusedException.Damaged($"it ends in the middle of {entry.Name}");
            await NoteAsync(new BackupEntry(entry.Name, entry.Length, digest), cancellationToken);
        }
        catch (Exception problem) when (problem is JsonException or BlobDigestMismatchException or EndOfStreamException or InvalidDataException)
        {
            throw BackupRefusedException.Damaged($"{entry.Name} cannot be what was written ({problem.Message.TrimEnd('.')})", problem);
        }
    }

    private async Task VisitAsync(string name, HashingStream content, CancellationToken cancellationToken)
    {
        switch (name)
        {
            case BackupFormat.Head:
                _head = await HeadAsync(content, cancellationToken);
                await _visitor.HeadAsync(_head, cancellationToken);
                break;
            case BackupFormat.BlobList:
                await _visitor.BlobListAsync(EntriesAsync(content, cancellationToken), cancellationToken);
                break;
            case BackupFormat.Manifest:
                await CompareAsync(content, cancellationToken);
                break;
            default:
                if (BackupFormat.BlobOf(name) is { } blob) await _visitor.BlobAsync(blob, content, cancellationToken);
                else if (BackupFormat.TableOf(name) is { } table) await CountAsync(table, content, cancellationToken);
                else throw BackupRefusedException.Damaged($"{name} is nothing that belongs into it");
                break;
        }
    }

    private static async Task<BackupHead> HeadAsync(Stream content, CancellationToken cancellationToken)
    {
        using var json = await JsonDocument.ParseAsync(content, cancellationToken: cancellationToken);
        if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("format", out var number) || !number.TryGetInt32(out var format))
            throw new JsonException("it names no format");
        if (format > BackupFormat.Version)
        {
            throw new BackupRefusedException(
                $"The backup has format {format}, whereas this build reads up to {BackupFormat.Version}: restore it with the build that wrote it, or a newer one.", isArchive: true);
        }
        return json.Deserialize<BackupHead>(BackupFormat.Lines) is { Schema: not null, Tables: not null } head ? head : throw new JsonException("it does not say what it is of");
    }

    private async Task CountAsync(string table, Stream content, CancellationToken cancellationToken)
    {
        var rows = -1L; // the first line is no row
        await foreach (var (described, _) in TableRows.ReadAsync(content, cancellationToken))
        {
            if (described.Name != table) throw new JsonException($"it is of the table {described.Name}");
            rows++;
        }
        if (_head!.Tables.SingleOrDefault(known => known.Name == table) is not { } expected) throw new JsonException($"{BackupFormat.Head} does not name it");
        if (rows != expected.Rows) throw new JsonException($"it has {rows} rows, whereas {BackupFormat.Head} says {expected.Rows}");
    }

    private async Task NoteAsync(BackupEntry entry, CancellationToken cancellationToken)
    {
        if (BackupFormat.BlobOf(entry.Name) is { } blob)
        {
            if (entry.Sha256 != blob) throw new BlobDigestMismatchException(blob, entry.Sha256);
            _blobLines.AppendData(BackupWriter.LineOf(entry));
            (_blobs, _blobBytes) = (_blobs + 1, _blobBytes + entry.Bytes);
        }
        else if (entry.Name == BackupFormat.BlobList)
        {
            _blobList = entry.Sha256;
        }
        else if (BackupFormat.TableOf(entry.Name) is { } table && !_tables.TryAdd(table, entry.Sha256))
        {
            throw BackupRefusedException.Damaged($"{entry.Name} is there twice");
        }
        await BackupWriter.AddLineAsync(_seen, entry, cancellationToken);
    }

    /// <summary>Compares what the manifest says with what was seen.</summary>
    private async Task CompareAsync(Stream manifest, CancellationToken cancellationToken)
    {
        _seen.Position = 0;
        using StreamReader seen = new(_seen, Encoding.UTF8, leaveOpen: true), said = new(manifest, Encoding.UTF8, leaveOpen: true);
        while (true)
        {
            var (found, expected) = (await seen.ReadLineAsync(cancellationToken), await said.ReadLineAsync(cancellationToken));
            if (found is null && expected is null) break;
            if (found is null) throw BackupRefusedException.Damaged($"{NameIn(expected!)} is missing");
            if (found != expected) throw BackupRefusedException.Damaged($"{NameIn(found)} is not what {BackupFormat.Manifest} says, or that is damaged");
        }
        if (_head is null || _tables.Count != _head.Tables.Count || (_blobs, _blobBytes) != (_head.Blobs, _head.BlobBytes))
            throw BackupRefusedException.Damaged($"{BackupFormat.Head} names other tables or blobs than it holds");
        if (_blobList != Convert.ToHexStringLower(_blobLines.GetHashAndReset())) throw BackupRefusedException.Damaged($"{BackupFormat.BlobList} lists other blobs than it holds");
    }

    private static string NameIn(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<BackupEntry>(line, BackupFormat.Lines)?.Name ?? BackupFormat.Manifest;
        }
        catch (JsonException)
        {
            return BackupFormat.Manifest;
        }
    }

    private static async IAsyncEnumerable<BackupEntry> EntriesAsync(Stream lines, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var entry in JsonSerializer.DeserializeAsyncEnumerable<BackupEntry>(lines, topLevelValues: true, BackupFormat.Lines, cancellationToken))
            yield return entry is { Sha256: { } digest } && Digest.IsValid(digest) ? entry : throw new JsonException("a line names no blob");
    }

    private static BackupRefusedException NoBackup(string path) => new($"{path} is no backup: it does not begin with {BackupFormat.Head}.", isArchive: true);
}
