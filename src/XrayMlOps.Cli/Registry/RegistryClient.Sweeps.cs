using XrayMlOps.Core;
using XrayMlOps.Core.Sweeps;

namespace XrayMlOps.Cli.Registry;

internal sealed partial class RegistryClient
{
    public Task<SweepResponse> SweepAsync(SweepRequest request, CancellationToken cancellationToken) =>
        PostAsync<SweepRequest, SweepResponse>("api/sweeps", request, cancellationToken);

    /// <summary>The newest sweeps, at most 200.</summary>
    public async Task<IReadOnlyList<SweepSummary>> SweepsAsync(int limit, CancellationToken cancellationToken) =>
        (await GetAsync<Page<SweepSummary>>($"api/sweeps?limit={limit}", cancellationToken)).Items;

    public Task<SweepResponse> SweepAsync(int id, CancellationToken cancellationToken) => GetAsync<SweepResponse>($"api/sweeps/{id}", cancellationToken);

    public Task<SweepResponse> StopSweepAsync(int id, CancellationToken cancellationToken) => PostToSweepAsync(id, "stop", cancellationToken);

    public Task<SweepResponse> ResumeSweepAsync(int id, CancellationToken cancellationToken) => PostToSweepAsync(id, "resume", cancellationToken);

    private async Task<SweepResponse> PostToSweepAsync(int id, string verb, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Post, $"api/sweeps/{id}/{verb}"), cancellationToken);
        return await ReadAsync<SweepResponse>(response, cancellationToken);
    }
}
