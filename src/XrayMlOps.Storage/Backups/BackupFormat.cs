using System.Text.Encodings.Web;
using System.Text.Json;
using XrayMlOps.Core;

namespace XrayMlOps.Storage.Backups;

/// <summary>
/// A backup is a tar archive (POSIX pax): <see cref="Head"/>, then <see cref="BlobList"/>, a file of rows for each table in an order in which they may be written back,
/// every blob, and last <see cref="Manifest"/>, which has a <see cref="BackupEntry"/> a line for every entry before it.
/// </summary>
internal static class BackupFormat
{
    /// <summary>Goes up when an older build could not read what a newer one writes.</summary>
    public const int Version = 1;

    public const string Head = "backup.json";

    /// <summary>What the manifest says of the blobs: known before the first of them is read.</summary>
    public const string BlobList = "blobs.jsonl";

    public const string Manifest = "manifest.jsonl";

    public const string SecretAbsent = "absent: keep the secret of the patient keys (pseudonym.secret, or ControlPlane:PseudonymSecret) apart, and move it along";

    private const string TableFolder = "tables/";
    private const string TableSuffix = ".jsonl";
    private const string BlobFolder = "blobs/";

    /// <summary>For lines: text as it is rather than escaped for HTML, and nothing left out.</summary>
    public static JsonSerializerOptions Lines { get; } = new(XrayJson.Compact) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string TableEntry(string table) => $"{TableFolder}{table}{TableSuffix}";

    public static string BlobEntry(string digest) => $"{BlobFolder}{digest[..2]}/{digest}";

    /// <summary>The table whose rows an entry holds, or null.</summary>
    public static string? TableOf(string entry) =>
        entry.StartsWith(TableFolder, StringComparison.Ordinal) && entry.EndsWith(TableSuffix, StringComparison.Ordinal) ? entry[TableFolder.Length..^TableSuffix.Length] : null;

    /// <summary>The digest of the blob that an entry holds, or null.</summary>
    public static string? BlobOf(string entry)
    {
        var digest = entry[(entry.LastIndexOf('/') + 1)..];
        return digest.Length == 64 && entry == BlobEntry(digest) ? digest : null;
    }
}

/// <summary>What a backup is of.</summary>
/// <param name="Format">Of the archive: see <see cref="BackupFormat.Version"/>.</param>
/// <param name="Schema">Name of the last migration of the registry, the same whatever database it is in.</param>
/// <param name="Tool">What wrote it.</param>
/// <param name="PseudonymSecret">Says that the secret of the patient keys is not in it.</param>
public sealed record BackupHead(
    int Format, string Schema, DateTimeOffset CreatedAt, string Tool, string PseudonymSecret, IReadOnlyList<BackupTable> Tables, long Blobs, long BlobBytes);

/// <summary>A table in a backup.</summary>
public sealed record BackupTable(string Name, long Rows);

/// <summary>A line of a backup's manifest.</summary>
public sealed record BackupEntry(string Name, long Bytes, string Sha256);

/// <summary>How far a backup or a restore is.</summary>
public readonly record struct BackupProgress(long Blobs, long AllBlobs, long Bytes, long AllBytes);

/// <summary>A backup that is damaged, too new, or not for this registry. Nothing of it became visible.</summary>
/// <param name="isArchive">Whether it is the archive's fault, rather than that of where it was to go.</param>
public sealed class BackupRefusedException(string message, bool isArchive, Exception? cause = null) : Exception(message, cause)
{
    public bool IsArchive { get; } = isArchive;

    internal static BackupRefusedException Damaged(string what, Exception? cause = null) =>
        new($"The backup is damaged: {what}. Nothing was restored from it; take another.", isArchive: true, cause);
}
