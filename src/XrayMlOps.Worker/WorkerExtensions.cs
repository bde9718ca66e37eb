using XrayMlOps.Core.Runs;
using XrayMlOps.ServiceDefaults;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Jobs;
using XrayMlOps.Worker.Devices;
using XrayMlOps.Worker.Runs;
using XrayMlOps.Worker.Tensors;
using XrayMlOps.Worker.Trainers;

namespace XrayMlOps.Worker;

/// <summary>Runs training runs: takes them from the registry, supervises a trainer process for each and records what it leaves.</summary>
public static class WorkerExtensions
{
    /// <summary>Adds the worker and the storage it needs (see <see cref="RegistryStorage"/> for its configuration).</summary>
    public static TBuilder AddWorker<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.AddRegistryStorage();
        builder.AddJobStorage();
        var services = builder.Services;
        services.AddOptions<WorkerOptions>().BindConfiguration(WorkerOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<WorkerTelemetry>();
        services.AddSingleton<RunQueue>();
        services.AddSingleton<TrainerLocation>();
        services.AddFilmDecoding();
        services.AddSingleton<OnDemandPacking>();
        services.AddSingleton<TensorCache>();
        services.AddSingleton<GpuCount>();
        services.AddSingleton<ComputeSlots>();
        services.AddSingleton<RunCheckpoint>();
        services.AddSingleton<RunRecord>();
        services.AddSingleton<RunOutputs>();
        services.AddSingleton<RunAttempt>();
        services.AddSingleton<RunEnd>();
        services.AddSingleton<ITrainingJob, RunSupervisor>();
        services.AddHostedService<RunReconciler>();
        services.AddHostedService<TrainingServers>();
        return builder;
    }
}
