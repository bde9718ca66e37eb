using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using XrayMlOps.Core;
using XrayMlOps.ServiceDefaults.Access;

namespace XrayMlOps.ServiceDefaults;

/// <summary>What every host calls first: telemetry, health, who may do what, outgoing requests, a good end, the JSON dialect and one way to answer when something is wrong.</summary>
public static class ServiceDefaultsExtensions
{
    private const string Alive = "alive";

    /// <summary>
    /// Adds the defaults. Several hosts in one process each call it; the first call counts, and its
    /// <paramref name="host"/> names the service in telemetry as <c>xraymlops-{host}</c>.
    /// </summary>
    /// <param name="host">Lower case, such as <c>worker</c>.</param>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder, string host)
        where TBuilder : IHostApplicationBuilder
    {
        if (builder.Services.Any(service => service.ServiceType == typeof(Added))) return builder;
        builder.Services.AddSingleton<Added>();

        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.ConfigureHttpJsonOptions(options =>
        {
            XrayJson.Configure(options.SerializerOptions);
            options.SerializerOptions.RespectNullableAnnotations = true;
            options.SerializerOptions.TypeInfoResolver = options.SerializerOptions.TypeInfoResolver?.WithAddedModifier(RequiredMembers.Demand);
        });
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [Alive]);
        builder.Services.AddProblemDetails();
        builder.Services.AddExceptionHandler<ProblemExceptionHandler>();
        // So that a body or parameter that cannot be read reaches the handler with its message, rather than as an empty 400.
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        builder.AddOutgoingRequests();
        builder.Services.AddDraining();
        builder.AddAccess();
        AddTelemetry(builder, host);
        // A line for every request and statement drowns what a host has to say; traces carry them.
        foreach (var noisy in (string[])["Microsoft.AspNetCore", "Microsoft.EntityFrameworkCore", "System.Net.Http.HttpClient", "Hangfire"])
            builder.Logging.AddFilter(noisy, LogLevel.Warning);
        return builder;
    }

    /// <summary>
    /// Puts the answers to failures first in the pipeline and maps <c>GET /health</c> (every check) and <c>GET /alive</c> (the
    /// process answers), which anyone may ask. What is mapped otherwise must name a policy of <see cref="Policies"/>. Call it once an application, before its other
    /// middleware.
    /// </summary>
    public static WebApplication MapServiceDefaults(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseAccess();
        app.MapHealthChecks("/health").AllowAnonymous();
        app.MapHealthChecks("/alive", new HealthCheckOptions { Predicate = check => check.Tags.Contains(Alive) }).AllowAnonymous();
        return app;
    }

    /// <summary>Nothing where nobody is told of it: gathering traces and metrics is work for every request.</summary>
    private static void AddTelemetry(IHostApplicationBuilder builder, string host)
    {
        var exportsOtlp = !string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        var azureMonitor = AzureMonitor.ConnectionOrNull(builder.Configuration);
        if (!exportsOtlp && azureMonitor is null) return;
        // The Azure client library traces its requests only if it is told to.
        AppContext.SetSwitch("Azure.Experimental.EnableActivitySource", isEnabled: true);
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService($"xraymlops-{host}"))
            .WithTracing(tracing => tracing
                .AddSource("XrayMlOps.*", "Azure.*", "Npgsql")
                .AddAspNetCoreInstrumentation(options => options.Filter = IsNotProbe)
                .AddHttpClientInstrumentation())
            .WithMetrics(metrics => metrics
                .AddMeter("XrayMlOps.*")
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation())
            .WithLogging(configureBuilder: null, logging => logging.IncludeFormattedMessage = true);
        if (exportsOtlp) telemetry.UseOtlpExporter();
        if (azureMonitor is not null) AzureMonitor.Export(telemetry, azureMonitor);
    }

    private static bool IsNotProbe(HttpContext context) => context.Request.Path.Value is not ("/health" or "/alive");

    private sealed class Added;
}
