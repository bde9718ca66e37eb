using XrayMlOps.Core.Blobs;

namespace XrayMlOps.Cli.Registry;

internal sealed partial class RegistryClient
{
    /// <summary>Copies a blob to <paramref name="target"/>; the caller verifies it.</summary>
    public async Task CopyBlobAsync(string digest, Stream target, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, $"api/blobs/{digest}"), cancellationToken);
        await response.Content.CopyToAsync(target, cancellationToken);
    }

    /// <summary>Frees what nothing names, or says what that would be; waits until it is done.</summary>
    public Task<CollectResponse> CollectAsync(CollectRequest request, CancellationToken cancellationToken) =>
        PostAsync<CollectRequest, CollectResponse>("api/blobs/collect", request, cancellationToken);
}
