namespace XrayMlOps.Cli.Hosting;

/// <summary>Where everything is, answered at <c>/</c> and printed at the start.</summary>
internal sealed record HostPages(Uri Datasets, Uri Runs, Uri Models, Uri Predict, Uri OpenApi, Uri Jobs, Uri Health)
{
    public static HostPages Of(Uri server) => new(
        new Uri(server, "api/datasets"), new Uri(server, "api/runs"), new Uri(server, "api/models"), new Uri(server, "v1/predict"),
        new Uri(server, "openapi/v1.json"), new Uri(server, "hangfire"), new Uri(server, "health"));
}
