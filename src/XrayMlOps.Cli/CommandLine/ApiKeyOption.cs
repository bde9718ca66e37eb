using System.CommandLine;
using XrayMlOps.Cli.Hosting;

namespace XrayMlOps.Cli.CommandLine;

/// <summary>What the verb shows the server: the option, else the variable, else, to a server on this machine, the key that <c>xray up</c> left in its data folder.</summary>
internal sealed class ApiKeyOption : Option<string?>
{
    public const string Variable = "XRAY_API_KEY";

    public ApiKeyOption() : base("--api-key")
    {
        Description = $"API key or access token; better {Variable}, which no list of processes shows [default: the data folder's admin.key, to a server on this machine]";
        HelpName = "KEY";
    }

    public static string? Resolve(string? option, Uri server)
    {
        if (option is { Length: > 0 }) return option;
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } variable) return variable;
        return server.IsLoopback ? LocalAdminKey.Find(DataFolder.Resolve(null)) : null;
    }
}
