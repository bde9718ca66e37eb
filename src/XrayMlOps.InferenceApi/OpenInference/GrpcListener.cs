namespace XrayMlOps.InferenceApi.OpenInference;

/// <summary>Has the server listen for gRPC, in clear, beside what it listens on already.</summary>
internal static class GrpcListener
{
    private const string Endpoints = "Kestrel:Endpoints";

    /// <summary>Sorts behind the others, so that the first address of the server stays the first.</summary>
    private const string Name = "OpenInferenceGrpc";

    /// <summary>To be called when the server's URLs are known. Endpoints that are configured by name stay; URLs, which would not count beside one, become such.</summary>
    public static void Add(IConfigurationManager configuration)
    {
        if (configuration[$"{InferenceOptions.Section}:{nameof(InferenceOptions.GrpcUrl)}"] is not { Length: > 0 } grpc) return;
        Dictionary<string, string?> added = new() { [$"{Endpoints}:{Name}:Url"] = grpc, [$"{Endpoints}:{Name}:Protocols"] = "Http2" };
        if (!configuration.GetSection(Endpoints).GetChildren().Any())
        {
            foreach (var (number, url) in Urls(configuration).Index()) added[$"{Endpoints}:Http{number}:Url"] = url;
            // Or the server would warn that these do not count.
            added["urls"] = added["http_ports"] = added["https_ports"] = "";
        }
        configuration.AddInMemoryCollection(added);
    }

    private static IEnumerable<string> Urls(IConfiguration configuration)
    {
        var urls = Split(configuration["urls"]);
        if (urls.Length > 0) return urls;
        var ports = Split(configuration["http_ports"]).Select(port => $"http://*:{port}").Concat(Split(configuration["https_ports"]).Select(port => $"https://*:{port}")).ToArray();
        return ports.Length > 0 ? ports : ["http://localhost:5000"];
    }

    private static string[] Split(string? list) => (list ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
