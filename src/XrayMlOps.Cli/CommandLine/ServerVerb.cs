using System.CommandLine;
using XrayMlOps.Cli.Registry;

namespace XrayMlOps.Cli.CommandLine;

/// <summary>A verb that talks to a server over its HTTP API and can answer in JSON.</summary>
internal abstract class ServerVerb : Verb
{
    private readonly ServerOption _server = new();
    private readonly ApiKeyOption _apiKey = new();
    private readonly JsonOption _json = new();

    protected ServerVerb(string name, string description, Terminal terminal) : base(name, description, terminal)
    {
        Options.Add(_server);
        Options.Add(_apiKey);
        Options.Add(_json);
    }

    /// <summary>Adds an option of the verb's own: help shows it before the three that all such verbs share.</summary>
    protected new void Add(Option option) => Options.Insert(Options.Count - 3, option);

    protected abstract Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken);

    protected sealed override async Task<ExitCode> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var server = arguments.GetRequiredValue(_server);
        using var client = new RegistryClient(server, ApiKeyOption.Resolve(arguments.GetValue(_apiKey), server));
        return await RunAsync(client, arguments, arguments.GetValue(_json), cancellationToken);
    }
}
