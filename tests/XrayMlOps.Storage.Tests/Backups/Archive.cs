using System.Formats.Tar;
using System.Text;
using System.Text.Json;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Storage.Backups;

namespace XrayMlOps.Storage.Tests.Backups;

/// <summary>Backups as any program for archives sees them.</summary>
internal static class Archive
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The digest of every entry but of those that name the moment of the backup: its head, and the manifest that has the head's digest.</summary>
    public static async Task<SortedDictionary<string, string>> EntriesAsync(string path)
    {
        SortedDictionary<string, string> entries = new(StringComparer.Ordinal);
        await using var file = File.OpenRead(path);
        await using TarReader tar = new(file);
        while (await tar.GetNextEntryAsync(copyData: false, Token) is { } entry)
            entries.Add(entry.Name, await Digest.OfAsync(entry.DataStream ?? Stream.Null, Token));
        entries.Remove(BackupFormat.Head);
        entries.Remove(BackupFormat.Manifest);
        return entries;
    }

    /// <summary>Where the entries begin in the file that holds them, with their headers.</summary>
    public static async Task<IReadOnlyList<(string Name, long DataAt, long Bytes)>> PlacesAsync(string path)
    {
        List<(string, long, long)> places = [];
        await using var file = File.OpenRead(path);
        await using TarReader tar = new(file);
        while (await tar.GetNextEntryAsync(copyData: false, Token) is { } entry) places.Add((entry.Name, entry.DataOffset, entry.Length));
        return places;
    }

    /// <summary>Writes a backup of one table without blobs.</summary>
    public static async Task WriteAsync(string path, BackupHead head, RegistryTable table, params string[] rows)
    {
        await using var file = File.Create(path);
        await using BackupWriter writer = new(file, Path.GetTempPath(), TemporaryRegistry.Start);
        await writer.AddAsync(BackupFormat.Head, new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(head, BackupFormat.Lines)), Token);
        await writer.AddAsync(BackupFormat.BlobList, new MemoryStream(), Token);
        string[] lines = [JsonSerializer.Serialize(table, BackupFormat.Lines), .. rows];
        await writer.AddAsync(BackupFormat.TableEntry(table.Name), new MemoryStream(Encoding.UTF8.GetBytes(string.Join("\n", lines) + "\n")), Token);
        await writer.FinishAsync(Token);
    }
}

/// <summary>Calls back at once, on the thread that reports.</summary>
internal sealed class Reports(Action<BackupProgress> report) : IProgress<BackupProgress>
{
    public void Report(BackupProgress value) => report(value);
}
