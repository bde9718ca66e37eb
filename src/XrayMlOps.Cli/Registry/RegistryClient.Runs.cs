using XrayMlOps.Core;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Cli.Registry;

internal sealed partial class RegistryClient
{
    public Task<RunResponse> TrainAsync(TrainRequest request, CancellationToken cancellationToken) =>
        PostAsync<TrainRequest, RunResponse>("api/runs", request, cancellationToken);

    /// <summary>The first runs of a listing, at most 200.</summary>
    public async Task<IReadOnlyList<RunSummary>> RunsAsync(RunListing listing, int limit, CancellationToken cancellationToken) =>
        (await GetAsync<Page<RunSummary>>($"api/runs?limit={limit}{listing.Conditions}{listing.Order}", cancellationToken)).Items;

    /// <summary>How many runs a listing has in all.</summary>
    public async Task<int> CountRunsAsync(RunListing listing, CancellationToken cancellationToken) =>
        (await GetAsync<RunCount>($"api/runs/count?{listing.Conditions.TrimStart('&')}", cancellationToken)).Runs;

    public IAsyncEnumerable<ExperimentSummary> ExperimentsAsync(CancellationToken cancellationToken) =>
        ListAsync<ExperimentSummary>("api/experiments", cancellationToken);

    public Task<RunResponse> RunAsync(int id, CancellationToken cancellationToken) => GetAsync<RunResponse>($"api/runs/{id}", cancellationToken);

    public async Task<RunResponse> CancelRunAsync(int id, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Post, $"api/runs/{id}/cancel"), cancellationToken);
        return await ReadAsync<RunResponse>(response, cancellationToken);
    }

    public Task<RunResponse> ResumeRunAsync(int id, ResumeRequest request, CancellationToken cancellationToken) =>
        PostAsync<ResumeRequest, RunResponse>($"api/runs/{id}/resume", request, cancellationToken);

    public async Task<RunResponse> RepeatRunAsync(int id, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Post, $"api/runs/{id}/repeat"), cancellationToken);
        return await ReadAsync<RunResponse>(response, cancellationToken);
    }

    public async Task TagRunAsync(int id, string key, string value, CancellationToken cancellationToken)
    {
        using var request = JsonRequest(HttpMethod.Put, $"api/runs/{id}/tags/{Escape(key)}", new TagRunRequest(value));
        using var response = await SendAsync(request, cancellationToken);
    }

    public async Task UntagRunAsync(int id, string key, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"api/runs/{id}/tags/{Escape(key)}"), cancellationToken);
    }
}
