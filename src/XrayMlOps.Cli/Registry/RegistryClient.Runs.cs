using XrayMlOps.Core;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Cli.Registry;

internal sealed partial class RegistryClient
{
    public Task<RunResponse> TrainAsync(TrainRequest request, CancellationToken cancellationToken) =>
        PostAsync<TrainRequest, RunResponse>("api/runs", request, cancellationToken);

    /// <summary>The newest runs, at most 200.</summary>
    public async Task<IReadOnlyList<RunSummary>> RunsAsync(int limit, CancellationToken cancellationToken) =>
        (await GetAsync<Page<RunSummary>>($"api/runs?limit={limit}", cancellationToken)).Items;

    public Task<RunResponse> RunAsync(int id, CancellationToken cancellationToken) => GetAsync<RunResponse>($"api/runs/{id}", cancellationToken);

    public async Task<string> RunLogAsync(int id, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, $"api/runs/{id}/log"), cancellationToken);
        return await ReceiveAsync(response.Content.ReadAsStringAsync(cancellationToken));
    }

    public async Task<RunResponse> CancelRunAsync(int id, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Post, $"api/runs/{id}/cancel"), cancellationToken);
        return await ReadAsync<RunResponse>(response, cancellationToken);
    }
}
