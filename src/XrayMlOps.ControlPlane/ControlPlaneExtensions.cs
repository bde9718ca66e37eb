using Hangfire;
using Microsoft.Extensions.Options;
using XrayMlOps.ControlPlane.Access;
using XrayMlOps.ControlPlane.Blobs;
using XrayMlOps.ControlPlane.Datasets;
using XrayMlOps.ControlPlane.Films;
using XrayMlOps.ControlPlane.Models;
using XrayMlOps.ControlPlane.Monitoring;
using XrayMlOps.ControlPlane.Patients;
using XrayMlOps.ControlPlane.Predictions;
using XrayMlOps.ControlPlane.Runs;
using XrayMlOps.ControlPlane.Schedules;
using XrayMlOps.ControlPlane.Sweeps;
using XrayMlOps.Core.Preprocessing;
using XrayMlOps.Imaging.Packing;
using XrayMlOps.ServiceDefaults;
using XrayMlOps.ServiceDefaults.Access;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Jobs;

namespace XrayMlOps.ControlPlane;

/// <summary>The registry's HTTP API, the retraining schedules and Hangfire's dashboard.</summary>
public static class ControlPlaneExtensions
{
    /// <summary>Adds the control plane and the storage it needs (see <see cref="RegistryStorage"/> for its configuration).</summary>
    public static TBuilder AddControlPlane<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.AddRegistryStorage();
        builder.AddJobStorage();
        var services = builder.Services;
        services.AddOptions<ControlPlaneOptions>().BindConfiguration(ControlPlaneOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<ControlPlaneOptions>, PseudonymSecretValidation>();
        services.AddSingleton<PatientPseudonyms>();
        services.AddOpenApi(options => options.DescribeAccess());
        services.AddSingleton<RegistryKeys>();
        services.AddHostedService(provider => provider.GetRequiredService<RegistryKeys>());
        services.AddScoped<KeyIssue>();
        services.AddSingleton<ControlPlaneTelemetry>();
        services.AddFilmDecoding();
        services.AddSingleton(provider => new RowCache(
            provider.GetRequiredService<IOptions<ControlPlaneOptions>>().Value.ScratchFolder,
            PreprocessingSpec.Default.Height * PreprocessingSpec.Default.Width, provider.GetRequiredService<IOptions<ControlPlaneOptions>>().Value.CachedFilms));
        services.AddSingleton<FilmLedger>();
        services.AddSingleton<FilmIntake>();
        services.AddSingleton<MissingFilms>();
        services.AddSingleton<VersionPacking>();
        services.AddScoped<VersionAssembly>();
        services.AddScoped<DatasetPush>();
        services.AddScoped<DatasetPublication>();
        services.AddScoped<DatasetDeletion>();
        services.AddScoped<RunLaunch>();
        services.AddSingleton<RunEventStream>();
        services.AddSingleton<RunLogStream>();
        services.AddScoped<ScheduledTraining>();
        services.AddScoped<ScheduleSettings>();
        services.AddSingleton<ScheduleClock>();
        services.AddSingleton<ScheduleReconciler>();
        services.AddHostedService(provider => provider.GetRequiredService<ScheduleReconciler>());
        services.AddScoped<SweepControl>();
        services.AddScoped<SweepAdvance>();
        services.AddHostedService<SweepClock>();
        services.AddHangfireServer(server =>
        {
            server.ServerName = "control-plane";
            server.Queues = [JobStorageExtensions.ScheduleQueue];
            server.WorkerCount = 1;
            server.SchedulePollingInterval = JobStorageExtensions.ClockPolling;
        });
        return builder;
    }

    /// <summary>Maps <c>/api</c>, <c>/openapi/v1.json</c>, <c>/hangfire</c> and <c>/signin</c>, by which people get there.</summary>
    public static IEndpointRouteBuilder MapControlPlane(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup("/api").Audit().ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
        api.MapBlobs();
        api.MapFilms();
        api.MapPatients();
        api.MapDatasets();
        api.MapRuns();
        api.MapRunSearch();
        api.MapRunTags();
        api.MapRunWatch();
        api.MapModels();
        api.MapPromotions();
        api.MapRealisedAccuracy();
        api.MapPredictions();
        api.MapSchedules();
        api.MapSweeps();
        api.MapKeys();
        api.MapAudit();
        endpoints.MapOpenApi().RequireAuthorization(Policies.Known);
        endpoints.MapSignIn();
        endpoints.MapHangfireDashboardWithAuthorizationPolicy(Policies.Change);
        return endpoints;
    }
}
