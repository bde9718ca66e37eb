using Hangfire;
using Microsoft.Extensions.Options;
using XrayMlOps.Core.Runs;
using XrayMlOps.Storage.Jobs;

namespace XrayMlOps.Worker.Devices;

/// <summary>
/// Takes runs from the queues that this worker's devices can serve: a Hangfire server for the GPUs, with as many jobs at a time as there are, and one for
/// the CPU. Runs that any device may train go to the GPUs where there are some.
/// </summary>
internal sealed partial class TrainingServers(
    JobStorage storage, JobActivator activator, GpuCount gpus, ComputeSlots slots, IOptions<WorkerOptions> options, ILogger<TrainingServers> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var count = await gpus.FindAsync(stoppingToken);
        slots.UseGpus(count);
        LogDevices(count, options.Value.Concurrency);
        List<BackgroundJobServer> servers = [];
        try
        {
            if (count > 0) servers.Add(Start("worker-gpu", count, ComputeNeed.Gpu, ComputeNeed.Any));
            servers.Add(count > 0 ? Start("worker-cpu", options.Value.Concurrency, ComputeNeed.Cpu) : Start("worker", options.Value.Concurrency, ComputeNeed.Cpu, ComputeNeed.Any));
            await Task.Delay(Timeout.InfiniteTimeSpan, stoppingToken);
        }
        finally
        {
            foreach (var server in servers) server.SendStop();
            foreach (var server in servers)
            {
                await server.WaitForShutdownAsync(CancellationToken.None);
                server.Dispose();
            }
        }
    }

    private BackgroundJobServer Start(string name, int jobs, params IEnumerable<ComputeNeed> needs) => new(
        new BackgroundJobServerOptions
        {
            ServerName = name,
            Queues = [.. needs.Select(TrainingQueues.Of)],
            WorkerCount = jobs,
            Activator = activator,
            SchedulePollingInterval = JobStorageExtensions.ClockPolling,
            ShutdownTimeout = WorkerOptions.TimeToStop,
        },
        storage);

    [LoggerMessage(45, LogLevel.Information, "Runs are trained on {Gpus} GPUs, and up to {Cpus} at a time on the CPU")]
    private partial void LogDevices(int gpus, int cpus);
}
