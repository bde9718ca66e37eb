using System.Net.Http.Headers;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Registry;

internal sealed partial class RegistryClient
{
    /// <summary>Which of the blobs the server lacks.</summary>
    public async Task<IReadOnlyList<string>> MissingBlobsAsync(IReadOnlyList<string> digests, CancellationToken cancellationToken)
    {
        var request = new MissingFilmsRequest(digests);
        return (await PostAsync<MissingFilmsRequest, MissingFilmsResponse>("api/films/missing", request, cancellationToken)).Missing;
    }

    public async Task PutBlobAsync(string digest, Stream content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"api/films/{digest}") { Content = new StreamContent(content) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var response = await SendAsync(request, cancellationToken);
    }

    /// <summary>Copies a blob to <paramref name="target"/>; the caller verifies it.</summary>
    public async Task CopyBlobAsync(string digest, Stream target, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, $"api/blobs/{digest}"), cancellationToken);
        await response.Content.CopyToAsync(target, cancellationToken);
    }
}
