using System.Runtime.CompilerServices;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Extensions.Configuration;
using OpenTelemetry;

namespace XrayMlOps.ServiceDefaults;

/// <summary>Exports to Azure Monitor where <c>APPLICATIONINSIGHTS_CONNECTION_STRING</c> is set.</summary>
internal static class AzureMonitor
{
    private const string Setting = "APPLICATIONINSIGHTS_CONNECTION_STRING";

    public static string? ConnectionOrNull(IConfiguration configuration) =>
        configuration[Setting] is { } connection && !string.IsNullOrWhiteSpace(connection) ? connection : null;

    /// <summary>On its own, so that a host that does not export does not load the exporter either.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Export(IOpenTelemetryBuilder telemetry, string connection) =>
        telemetry.UseAzureMonitorExporter(options => options.ConnectionString = connection);
}
