using XrayMlOps.Core.Blobs;

namespace XrayMlOps.Cli.Registry;

internal sealed partial class RegistryClient
{
    private const int CopiedBytes = 64 << 10;

    /// <summary>Copies a blob to <paramref name="target"/>; the caller verifies it. A server that goes away in the middle counts as one that cannot be reached.</summary>
    /// <exception cref="IOException"><paramref name="target"/> cannot be written.</exception>
    public async Task CopyBlobAsync(string digest, Stream target, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, $"api/blobs/{digest}"), cancellationToken);
        await using var content = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[CopiedBytes];
        while (await ReceiveAsync(content.ReadAsync(buffer, cancellationToken).AsTask()) is > 0 and var read)
            await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
    }

    /// <summary>Frees what nothing names, or says what that would be; waits until it is done.</summary>
    public Task<CollectResponse> CollectAsync(CollectRequest request, CancellationToken cancellationToken) =>
        PostAsync<CollectRequest, CollectResponse>("api/blobs/collect", request, cancellationToken);
}
