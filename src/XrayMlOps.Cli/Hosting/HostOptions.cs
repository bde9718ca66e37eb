using System.CommandLine;
using XrayMlOps.Cli.CommandLine;

namespace XrayMlOps.Cli.Hosting;

internal sealed class DataDirectoryOption : Option<string?>
{
    public DataDirectoryOption() : base("--data-dir")
    {
        Description = $"Where everything is kept, or {DataFolder.Variable} [default: {DataFolder.Resolve(null)}]";
        HelpName = "DIR";
    }
}

internal sealed class UrlsOption : Option<string?>
{
    public UrlsOption() : base("--urls")
    {
        Description = $"Addresses to listen on, separated by ';'; port 0 takes a free one [default: {ServerOption.DefaultAddress}]";
        HelpName = "URLS";
        Validators.Add(result =>
        {
            var urls = result.GetValueOrDefault<string?>() ?? "";
            foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                var anyHost = url.Replace("//*", "//0.0.0.0").Replace("//+", "//0.0.0.0");
                if (!Uri.TryCreate(anyHost, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
                    result.AddError($"--urls '{url}' is no address to listen on: give one like {ServerOption.DefaultAddress}.");
            }
        });
    }
}

internal sealed class GrpcUrlOption : Option<string?>
{
    private const string Off = "off";

    public GrpcUrlOption() : base("--grpc-url")
    {
        Description = $"Where the Open Inference Protocol is served over gRPC; '{Off}': nowhere [default: the port after that of --urls]";
        HelpName = "URL";
        Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } url and not Off && !(Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"))
                result.AddError($"--grpc-url '{url}' is no address to listen on: give one like http://127.0.0.1:5081, or '{Off}'.");
        });
    }

    /// <param name="value">As it was given; null if it was not.</param>
    /// <param name="urls">What the server listens on besides.</param>
    public static Uri? Resolve(string? value, string urls)
    {
        if (value is not null) return value == Off ? null : new Uri(value);
        var first = BindingAddress.Parse(urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[0]);
        var host = first.Host is "*" or "+" ? "0.0.0.0" : first.Host;
        return new UriBuilder(first.Scheme, host, first.Port == 0 ? 0 : first.Port + 1).Uri;
    }
}

internal sealed class VerboseOption : Option<bool>
{
    public VerboseOption() : base("--verbose", "-v") => Description = "Log what happens, not only what goes wrong";
}
