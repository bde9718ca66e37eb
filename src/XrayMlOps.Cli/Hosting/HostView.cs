using Spectre.Console;
using XrayMlOps.Cli.CommandLine;

namespace XrayMlOps.Cli.Hosting;

/// <summary>Tells a person where everything is.</summary>
internal static class HostView
{
    public static void WriteHost(this IAnsiConsole console, Uri address, HostSettings settings)
    {
        var pages = HostPages.Of(address);
        console.WriteFacts(
            ("Server", address.GetLeftPart(UriPartial.Authority)),
            ("Data", settings.DataDirectory),
            ("Predict", $"POST {pages.Predict}  (champion of {settings.Model})"),
            ("Datasets", pages.Datasets.ToString()),
            ("Runs", pages.Runs.ToString()),
            ("Models", pages.Models.ToString()),
            ("OpenAPI", pages.OpenApi.ToString()),
            ("Jobs", $"{pages.Jobs}  (Hangfire)"),
            ("Health", pages.Health.ToString()));
    }
}
