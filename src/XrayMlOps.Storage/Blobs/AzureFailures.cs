using Azure;
using XrayMlOps.Core.Blobs;

namespace XrayMlOps.Storage.Blobs;

/// <summary>Turns what the client library throws, after its own retries, into what <see cref="IBlobStore"/> promises.</summary>
internal sealed class AzureFailures(Uri container)
{
    /// <summary>In place of a digest: a container that is not there counts as an empty one.</summary>
    public const string NoContainerIsEmpty = "";

    /// <summary>Address of the container, without its query, which may hold a shared access signature.</summary>
    public string Store { get; } = container.GetLeftPart(UriPartial.Path);

    public async Task<T> TranslateAsync<T>(string digest, Func<Task<T>> request, CancellationToken cancellationToken)
    {
        try
        {
            return await request();
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return digest == NoContainerIsEmpty ? default! : throw new BlobNotFoundException(digest);
        }
        catch (RequestFailedException problem) when (problem.Status is 0 or 408 or 429 or >= 500)
        {
            throw new BlobStoreUnavailableException(Store, problem);
        }
        catch (AggregateException problems) when (!cancellationToken.IsCancellationRequested)
        {
            throw new BlobStoreUnavailableException(Store, problems.InnerExceptions[^1]); // one for each try
        }
        catch (OperationCanceledException timeout) when (!cancellationToken.IsCancellationRequested)
        {
            throw new BlobStoreUnavailableException(Store, timeout);
        }
    }
}
