using XrayMlOps.Core;
using XrayMlOps.Core.Schedules;

namespace XrayMlOps.Cli.Registry;

internal sealed partial class RegistryClient
{
    public Task<ScheduleResponse> ScheduleAsync(ScheduleRequest request, CancellationToken cancellationToken) =>
        PostAsync<ScheduleRequest, ScheduleResponse>("api/schedules", request, cancellationToken);

    public Task<IReadOnlyList<ScheduleResponse>> SchedulesAsync(CancellationToken cancellationToken) =>
        GetAsync<IReadOnlyList<ScheduleResponse>>("api/schedules", cancellationToken);

    public Task<ScheduleResponse> ScheduleAsync(string name, CancellationToken cancellationToken) =>
        GetAsync<ScheduleResponse>($"api/schedules/{Escape(name)}", cancellationToken);

    public async Task<ScheduleResponse> ChangeScheduleAsync(string name, ScheduleChange change, CancellationToken cancellationToken)
    {
        using var request = JsonRequest(HttpMethod.Patch, $"api/schedules/{Escape(name)}", change);
        using var response = await SendAsync(request, cancellationToken);
        return await ReadAsync<ScheduleResponse>(response, cancellationToken);
    }

    /// <summary>Its last firings, the latest first, at most 200.</summary>
    public async Task<IReadOnlyList<FiringResponse>> FiringsAsync(string name, int limit, CancellationToken cancellationToken) =>
        (await GetAsync<Page<FiringResponse>>($"api/schedules/{Escape(name)}/firings?limit={limit}", cancellationToken)).Items;

    public async Task<FiringResponse> FireScheduleAsync(string name, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Post, $"api/schedules/{Escape(name)}/fire"), cancellationToken);
        return await ReadAsync<FiringResponse>(response, cancellationToken);
    }

    public async Task RemoveScheduleAsync(string name, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"api/schedules/{Escape(name)}"), cancellationToken);
    }
}
