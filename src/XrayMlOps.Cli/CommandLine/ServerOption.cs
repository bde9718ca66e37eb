using System.CommandLine;
using System.CommandLine.Parsing;

namespace XrayMlOps.Cli.CommandLine;

/// <summary>The server to talk to: the option, else the variable, else the address that <c>xray up</c> takes by default.</summary>
internal sealed class ServerOption : Option<Uri>
{
    public const string Variable = "XRAY_SERVER";
    public const string DefaultAddress = "http://127.0.0.1:5080";

    public ServerOption() : base("--server")
    {
        Description = $"The server's address, or {Variable}";
        HelpName = "URL";
        CustomParser = result => Parse(result, result.Tokens[0].Value, "--server");
        DefaultValueFactory = result => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } address
            ? Parse(result, address, Variable)
            : new Uri(DefaultAddress);
    }

    private static Uri Parse(ArgumentResult result, string text, string source)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https") return address;
        result.AddError($"{source} '{text}' is no address: give one like {DefaultAddress}.");
        return new Uri(DefaultAddress);
    }
}

internal sealed class JsonOption : Option<bool>
{
    public JsonOption() : base("--json") => Description = "Print one JSON document on standard output; messages go to standard error";
}
