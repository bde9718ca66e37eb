using System.Collections.Concurrent;
using XrayMlOps.Core.Blobs;

namespace XrayMlOps.Imaging.Tests.Packing;

internal sealed class MemoryBlobStore : IBlobStore
{
    private readonly ConcurrentDictionary<string, byte[]> _blobs = new(StringComparer.Ordinal);

    public byte[] this[string digest] => _blobs[digest];

    public string Add(byte[] content)
    {
        var digest = Digest.Of(content);
        _blobs[digest] = content;
        return digest;
    }

    public Task<bool> ExistsAsync(string digest, CancellationToken cancellationToken) => Task.FromResult(_blobs.ContainsKey(digest));

    public Task<Stream> OpenReadAsync(string digest, CancellationToken cancellationToken) =>
        _blobs.TryGetValue(digest, out var content)
            ? Task.FromResult<Stream>(new MemoryStream(content, writable: false))
            : throw new BlobNotFoundException(digest);

    public async Task<string> PutAsync(Stream content, string? expectedDigest, CancellationToken cancellationToken)
    {
        using var copy = new MemoryStream();
        await content.CopyToAsync(copy, cancellationToken);
        return Add(copy.ToArray());
    }

    public Task<bool> DeleteAsync(string digest, CancellationToken cancellationToken) => Task.FromResult(_blobs.TryRemove(digest, out _));

    public IAsyncEnumerable<StoredBlob> ListAsync(CancellationToken cancellationToken) =>
        _blobs.Select(blob => new StoredBlob(blob.Key, blob.Value.Length)).ToAsyncEnumerable();
}
