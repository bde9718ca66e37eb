using System.Net;
using System.Net.Http.Json;
using Hangfire;
using Hangfire.Storage;
using Microsoft.Extensions.DependencyInjection;
using XrayMlOps.ControlPlane.Schedules;
using XrayMlOps.ControlPlane.Tests.Runs;
using XrayMlOps.Core;
using XrayMlOps.Core.Runs;
using XrayMlOps.Core.Schedules;
using XrayMlOps.Storage.Runs;

namespace XrayMlOps.ControlPlane.Tests.Schedules;

/// <summary>Does to a host what Hangfire, the workers and people do to it by the clock.</summary>
internal static class Firing
{
    /// <summary>Every day at three.</summary>
    public static ScheduleRequest Nightly { get; } = new("nightly", "0 3 * * *", "chest", RunEndpointsTests.Tiny);

    /// <summary>A clock that stands at noon of the day before the first of <see cref="Night"/>.</summary>
    public static StoppedClock Clock() => new(Night(0).AddHours(9));

    /// <summary>When <see cref="Nightly"/> is due for the <paramref name="number"/>th time after <see cref="Clock"/>, from 1.</summary>
    public static DateTimeOffset Night(int number) => new(2026, 3, 1 + number, 3, 0, 0, TimeSpan.Zero);

    public static Task<ScheduleResponse> AddAsync(this RegistryHost host, ScheduleRequest schedule) =>
        host.PostAsync<ScheduleRequest, ScheduleResponse>("/api/schedules", schedule, HttpStatusCode.Created);

    public static Task<ScheduleResponse> ScheduleAsync(this RegistryHost host) => host.GetAsync<ScheduleResponse>("/api/schedules/nightly");

    public static async Task<ScheduleResponse> ChangeAsync(this RegistryHost host, ScheduleChange change)
    {
        using var response = await host.PatchAsync("/api/schedules/nightly", change);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<ScheduleResponse>(XrayJson.Compact, RegistryHost.Token))!;
    }

    /// <summary>What Hangfire calls.</summary>
    public static async Task FireAsync(this RegistryHost host)
    {
        await using var scope = host.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<ScheduledTraining>().FireAsync("nightly", RegistryHost.Token);
    }

    public static Task ReconcileAsync(this RegistryHost host) => host.Services.GetRequiredService<ScheduleReconciler>().ReconcileAsync(RegistryHost.Token);

    /// <summary>The latest due time first.</summary>
    public static async Task<IReadOnlyList<FiringResponse>> FiringsAsync(this RegistryHost host) =>
        (await host.GetAsync<Page<FiringResponse>>("/api/schedules/nightly/firings")).Items;

    public static async Task<FiringResponse> LastFiringAsync(this RegistryHost host) => (await host.FiringsAsync())[0];

    /// <summary>The newest first.</summary>
    public static async Task<IReadOnlyList<RunSummary>> RunsAsync(this RegistryHost host) => (await host.GetAsync<Page<RunSummary>>("/api/runs")).Items;

    /// <summary>Ends a run as a worker would.</summary>
    public static Task EndAsync(this RegistryHost host, int? runId, RunState state) => host.WithRegistryAsync(async registry =>
    {
        Assert.True(await registry.TryClaimRunAsync(runId!.Value, "w", Night(1), TimeSpan.FromMinutes(1), RegistryHost.Token));
        return await registry.EndRunAsync(runId.Value, "w", state, null, Night(1), RegistryHost.Token);
    });

    /// <summary>The schedules that Hangfire knows.</summary>
    public static IReadOnlyList<string> RecurringJobs(this RegistryHost host)
    {
        using var connection = host.Services.GetRequiredService<JobStorage>().GetConnection();
        return [.. connection.GetRecurringJobs().Select(job => job.Id)];
    }

    /// <summary>How many runs workers were told of.</summary>
    public static long Jobs(this RegistryHost host) => host.Services.GetRequiredService<JobStorage>().GetMonitoringApi().EnqueuedCount("default");
}
