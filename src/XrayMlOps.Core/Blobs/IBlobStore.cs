namespace XrayMlOps.Core.Blobs;

/// <summary>
/// Content-addressed storage: a blob's name is the SHA-256 of its bytes (see <see cref="Digest"/>), so writing the same bytes
/// twice stores them once, and what is read can be verified.
/// </summary>
public interface IBlobStore
{
    Task<bool> ExistsAsync(string digest, CancellationToken cancellationToken);

    /// <summary>Opens a blob for reading (seekable). Throws <see cref="BlobNotFoundException"/> if there is none.</summary>
    Task<Stream> OpenReadAsync(string digest, CancellationToken cancellationToken);

    /// <summary>
    /// Stores all of <paramref name="content"/> and returns its digest. The blob appears whole or not at all.
    /// Throws <see cref="BlobDigestMismatchException"/>, storing nothing, if <paramref name="expectedDigest"/> is given and differs.
    /// </summary>
    Task<string> PutAsync(Stream content, string? expectedDigest, CancellationToken cancellationToken);

    /// <summary>Removes a blob; answers whether there was one.</summary>
    Task<bool> DeleteAsync(string digest, CancellationToken cancellationToken);

    /// <summary>Every blob in the store, in no particular order.</summary>
    IAsyncEnumerable<StoredBlob> ListAsync(CancellationToken cancellationToken);
}

/// <param name="Bytes">Size of the blob.</param>
public readonly record struct StoredBlob(string Digest, long Bytes);

public sealed class BlobNotFoundException(string digest) : IOException($"No blob sha256:{digest} is in the store.")
{
    public string BlobDigest { get; } = digest;
}

public sealed class BlobDigestMismatchException(string expected, string actual)
    : IOException($"The content's SHA-256 is {actual}, but {expected} was announced: it was damaged or changed on the way.");

/// <summary>The store did not answer, however often it was asked. Nothing is lost: the same can be asked again later.</summary>
public sealed class BlobStoreUnavailableException(string store, Exception problem) : IOException($"The blob store {store} does not answer: {problem.Message}", problem);
