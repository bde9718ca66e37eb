using System.Net.Http.Headers;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Registry;

internal sealed partial class RegistryClient
{
    /// <summary>Which of at most 5,000 films the server lacks.</summary>
    public async Task<IReadOnlyList<string>> MissingFilmsAsync(MissingFilmsRequest request, CancellationToken cancellationToken) =>
        (await PostAsync<MissingFilmsRequest, MissingFilmsResponse>("api/films/missing", request, cancellationToken)).Missing;

    public async Task PutFilmAsync(string digest, Stream content, CancellationToken cancellationToken)
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
