using Spectre.Console;
using XrayMlOps.Cli.CommandLine;

namespace XrayMlOps.Cli.Hosting;

/// <summary>Tells a person where everything is.</summary>
internal static class HostView
{
    public static void WriteHost(this IAnsiConsole console, XrayHost host, HostSettings settings)
    {
        var pages = HostPages.Of(host.Address);
        console.WriteFacts(
            ("Server", host.Address.GetLeftPart(UriPartial.Authority)),
            ("Data", settings.DataDirectory),
            ("Admin key", $"{LocalAdminKey.PathIn(settings.DataDirectory)}  (xray finds it; others send X-API-Key)"),
            ("Predict", $"POST {pages.Predict}  (champion of {settings.Model})"),
            ("Open Inference", $"{new Uri(host.Address, "v2")}{(host.GrpcAddress is { } grpc ? $"  (gRPC: {grpc.Authority})" : "")}"),
            ("Datasets", pages.Datasets.ToString()),
            ("Runs", pages.Runs.ToString()),
            ("Models", pages.Models.ToString()),
            ("OpenAPI", pages.OpenApi.ToString()),
            ("Jobs", $"{pages.Jobs}  (Hangfire)"),
            ("Health", pages.Health.ToString()));
    }
}
