using System.Buffers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using XrayMlOps.Core.Blobs;

namespace XrayMlOps.Storage.Blobs;

/// <summary>
/// A blob store in a container of Azure Blob Storage: <c>ab/abcdef…</c>. The container is made by the first blob that is put. Every request is
/// repeated for about half a minute while the service does not answer; then <see cref="BlobStoreUnavailableException"/> is thrown.
/// </summary>
internal sealed class AzureBlobStore(BlobContainerClient container) : IBlobStore
{
    /// <summary>Content up to this size goes in one request, more in blocks of it.</summary>
    internal const int BlockBytes = 4 << 20;

    private const int FirstBufferBytes = 64 << 10;

    // What is there already has the same bytes; writing it again would disturb its readers.
    private static readonly BlobRequestConditions s_new = new() { IfNoneMatch = ETag.All };

    private readonly AzureFailures _failures = new(container.Uri);

    /// <summary>Rides out some 30 s without an answer: waits of 0.4, 0.8, 1.6, 3.2 and six times 4 s, each give or take a fifth.</summary>
    public static BlobClientOptions Options() =>
        // Nothing newer is needed, and Azurite knows this version without being told to skip its check.
        new(BlobClientOptions.ServiceVersion.V2024_11_04)
        {
            Retry =
            {
                Mode = Azure.Core.RetryMode.Exponential,
                Delay = TimeSpan.FromSeconds(0.4),
                MaxDelay = TimeSpan.FromSeconds(4),
                MaxRetries = 10,
                NetworkTimeout = TimeSpan.FromSeconds(30),
            },
        };

    public Task<bool> ExistsAsync(string digest, CancellationToken cancellationToken) =>
        _failures.TranslateAsync(digest, async () => (await BlobOf(digest).ExistsAsync(cancellationToken)).Value, cancellationToken);

    public async Task<Stream> OpenReadAsync(string digest, CancellationToken cancellationToken) =>
        await AzureBlobStream.OpenAsync(BlobOf(digest), digest, _failures, cancellationToken);

    public async Task<string> PutAsync(Stream content, string? expectedDigest, CancellationToken cancellationToken)
    {
        if (expectedDigest is not null) _ = BlobOf(expectedDigest); // refuse a malformed name before reading
        var start = content.CanSeek ? content.Position : 0;
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
        try
        {
            var length = 0;
            while (true)
            {
                var room = Math.Min(buffer.Length, BlockBytes);
                length += await content.ReadAtLeastAsync(buffer.AsMemory(length, room - length), room - length, throwOnEndOfStream: false, cancellationToken);
                if (length < room) return await PutWholeAsync(buffer.AsMemory(0, length), expectedDigest, cancellationToken);
                if (room == BlockBytes) break;
                var larger = ArrayPool<byte>.Shared.Rent(room * 2);
                buffer.AsSpan(0, length).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = larger;
            }
            if (expectedDigest is not null) return await PutBlocksAsync(buffer, content, expectedDigest, cancellationToken);
            if (!content.CanSeek) return await PutSpooledAsync(buffer.AsMemory(0, BlockBytes), content, cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        content.Position = start;
        var digest = await Digest.OfAsync(content, cancellationToken);
        content.Position = start;
        return await PutAsync(content, digest, cancellationToken);
    }

    public Task<bool> DeleteAsync(string digest, CancellationToken cancellationToken) =>
        _failures.TranslateAsync(digest, async () => (await BlobOf(digest).DeleteIfExistsAsync(cancellationToken: cancellationToken)).Value, cancellationToken);

    public async IAsyncEnumerable<StoredBlob> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var blobs = container.GetBlobsAsync(cancellationToken: cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await _failures.TranslateAsync(AzureFailures.NoContainerIsEmpty, async () => await blobs.MoveNextAsync(), cancellationToken))
        {
            var name = blobs.Current.Name;
            if (name.LastIndexOf('/') is 2 and var slash && Digest.IsValid(name[(slash + 1)..]))
                yield return new StoredBlob(name[(slash + 1)..], blobs.Current.Properties.ContentLength ?? 0);
        }
    }

    private async Task<string> PutWholeAsync(ReadOnlyMemory<byte> content, string? expectedDigest, CancellationToken cancellationToken)
    {
        var digest = Digest.Of(content.Span);
        if (expectedDigest is not null && digest != expectedDigest) throw new BlobDigestMismatchException(expectedDigest, digest);
        var blob = BlobOf(digest);
        await WriteAsync(digest, () => blob.UploadAsync(BinaryData.FromBytes(content).ToStream(), new BlobUploadOptions { Conditions = s_new }, cancellationToken), cancellationToken);
        return digest;
    }

    /// <summary>Stages block after block and commits them only if the digest of all is the one that was announced.</summary>
    /// <param name="block">The first <see cref="BlockBytes"/> of the content; overwritten.</param>
    private async Task<string> PutBlocksAsync(byte[] block, Stream rest, string expectedDigest, CancellationToken cancellationToken)
    {
        var blob = BlobOf(expectedDigest);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        List<string> ids = [];
        for (var length = BlockBytes; length > 0; length = await rest.ReadAtLeastAsync(block.AsMemory(0, BlockBytes), BlockBytes, throwOnEndOfStream: false, cancellationToken))
        {
            hash.AppendData(block, 0, length);
            // Named by content: whoever puts the same blob at once stages the same blocks, and other content cannot take their place.
            var id = Convert.ToBase64String(SHA256.HashData(block.AsSpan(0, length)));
            await WriteAsync(expectedDigest, () => blob.StageBlockAsync(id, new MemoryStream(block, 0, length), cancellationToken: cancellationToken), cancellationToken);
            ids.Add(id);
        }
        var digest = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (digest != expectedDigest) throw new BlobDigestMismatchException(expectedDigest, digest); // the service forgets blocks that are not committed
        await WriteAsync(digest, () => blob.CommitBlockListAsync(ids, new CommitBlockListOptions { Conditions = s_new }, cancellationToken), cancellationToken);
        return digest;
    }

    /// <summary>Content whose name is only known at its end, and that can be read once.</summary>
    private async Task<string> PutSpooledAsync(ReadOnlyMemory<byte> begun, Stream rest, CancellationToken cancellationToken)
    {
        await using var spool = new FileStream(
            Path.Combine(Path.GetTempPath(), $"xray-blob-{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 0,
            FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        await spool.WriteAsync(begun, cancellationToken);
        await rest.CopyToAsync(spool, cancellationToken);
        spool.Position = 0;
        return await PutAsync(spool, expectedDigest: null, cancellationToken);
    }

    /// <summary>The container's address.</summary>
    public override string ToString() => _failures.Store;

    private Task WriteAsync(string digest, Func<Task> write, CancellationToken cancellationToken) => _failures.TranslateAsync(digest, async () =>
    {
        try
        {
            await WriteAsync(write);
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            await WriteAsync(write);
        }
        return true;
    }, cancellationToken);

    private static async Task WriteAsync(Func<Task> write)
    {
        try
        {
            await write();
        }
        catch (RequestFailedException there) when (there.ErrorCode == BlobErrorCode.BlobAlreadyExists)
        {
        }
    }

    private BlockBlobClient BlobOf(string digest) =>
        Digest.IsValid(digest)
            ? container.GetBlockBlobClient($"{digest[..2]}/{digest}")
            : throw new ArgumentException($"'{digest}' is no digest: 64 lower-case hexadecimal digits are.", nameof(digest));
}
