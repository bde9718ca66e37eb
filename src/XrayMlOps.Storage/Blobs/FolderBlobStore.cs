using System.Buffers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using XrayMlOps.Core.Blobs;

namespace XrayMlOps.Storage.Blobs;

/// <summary>
/// A blob store in a folder: <c>ab/abcdef…</c>. A blob is written under a temporary name in the same volume, flushed to the disk
/// and renamed, so readers and other writers see it whole or not at all; what a crash leaves under a temporary name is never listed.
/// </summary>
public sealed class FolderBlobStore : IBlobStore
{
    private const string Incoming = "incoming";
    private readonly string _folder;

    /// <param name="folder">Made if it is not there.</param>
    public FolderBlobStore(string folder)
    {
        _folder = Path.GetFullPath(folder);
        Directory.CreateDirectory(Path.Combine(_folder, Incoming));
    }

    public Task<bool> ExistsAsync(string digest, CancellationToken cancellationToken) => Task.FromResult(File.Exists(PathOf(digest)));

    public Task<Stream> OpenReadAsync(string digest, CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult<Stream>(new FileStream(PathOf(digest), new FileStreamOptions
            {
                Share = FileShare.Read | FileShare.Delete,
                Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
            }));
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BlobNotFoundException(digest);
        }
    }

    public async Task<string> PutAsync(Stream content, string? expectedDigest, CancellationToken cancellationToken)
    {
        if (expectedDigest is not null) _ = PathOf(expectedDigest); // refuse a malformed name before reading
        var temporary = Path.Combine(_folder, Incoming, Guid.NewGuid().ToString("N"));
        try
        {
            var digest = await WriteAsync(content, temporary, cancellationToken);
            if (expectedDigest is not null && digest != expectedDigest) throw new BlobDigestMismatchException(expectedDigest, digest);
            var path = PathOf(digest);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (!File.Exists(path)) File.Move(temporary, path, overwrite: true); // the same bytes, should another writer be first
            return digest;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    public Task<bool> DeleteAsync(string digest, CancellationToken cancellationToken)
    {
        var path = PathOf(digest);
        var existed = File.Exists(path);
        if (existed) File.Delete(path);
        return Task.FromResult(existed);
    }

    public async IAsyncEnumerable<StoredBlob> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var folder in Directory.EnumerateDirectories(_folder, "??"))
        {
            foreach (var file in new DirectoryInfo(folder).EnumerateFiles())
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (Digest.IsValid(file.Name)) yield return new StoredBlob(file.Name, file.Length);
            }
            await Task.Yield();
        }
    }

    /// <summary>Removes what was begun before a moment and has not become a blob: its writer crashed.</summary>
    internal void RemoveLeftovers(DateTimeOffset before)
    {
        foreach (var file in new DirectoryInfo(Path.Combine(_folder, Incoming)).EnumerateFiles())
        {
            if (file.LastWriteTimeUtc < before.UtcDateTime) file.Delete();
        }
    }

    private static async Task<string> WriteAsync(Stream content, string path, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(128 * 1024);
        try
        {
            await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
            int read;
            while ((read = await content.ReadAsync(buffer, cancellationToken)) > 0)
            {
                hash.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
            file.Flush(flushToDisk: true);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private string PathOf(string digest) =>
        Digest.IsValid(digest)
            ? Path.Combine(_folder, digest[..2], digest)
            : throw new ArgumentException($"'{digest}' is no digest: 64 lower-case hexadecimal digits are.", nameof(digest));
}
