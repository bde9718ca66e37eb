using XrayMlOps.Core.Schedules;

namespace XrayMlOps.Cli.Registry;

internal sealed partial class RegistryClient
{
    public Task<ScheduleResponse> ScheduleAsync(ScheduleRequest request, CancellationToken cancellationToken) =>
        PostAsync<ScheduleRequest, ScheduleResponse>("api/schedules", request, cancellationToken);

    public Task<IReadOnlyList<ScheduleResponse>> SchedulesAsync(CancellationToken cancellationToken) =>
        GetAsync<IReadOnlyList<ScheduleResponse>>("api/schedules", cancellationToken);

    public async Task RemoveScheduleAsync(string name, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"api/schedules/{Escape(name)}"), cancellationToken);
    }
}
