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
                if (!Uri.TryCreate(anyHost, UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttp)
                    result.AddError($"--urls '{url}' is no address to listen on: give one like {ServerOption.DefaultAddress}.");
            }
        });
    }
}

internal sealed class VerboseOption : Option<bool>
{
    public VerboseOption() : base("--verbose", "-v") => Description = "Log what happens, not only what goes wrong";
}
