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

    /// <summary>Keys in the place of at most 5,000 patient numbers, in their order.</summary>
    public async Task<IReadOnlyList<string>> PseudonymsAsync(IReadOnlyList<string> patientIds, CancellationToken cancellationToken) =>
        (await PostAsync<PseudonymRequest, PseudonymResponse>("api/patients/pseudonyms", new PseudonymRequest(patientIds), cancellationToken)).Keys;
}
