using System.CommandLine;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Access;

namespace XrayMlOps.Cli.Access;

/// <summary><c>xray keys create</c>.</summary>
internal sealed class KeysCreateCommand : ServerVerb
{
    private readonly Argument<string> _name = new("name") { Description = "Whom it is for" };
    private readonly Option<Role> _role = new("--role", "-r") { Description = "What its owner may do", Required = true };
    private readonly ExpiresInDaysOption _days = new();

    public KeysCreateCommand(Terminal terminal) : base("create", "Make an API key, and print it this once", terminal)
    {
        Add(_name);
        Add(_role);
        Add(_days);
    }

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var request = new CreateKeyRequest(arguments.GetRequiredValue(_name), arguments.GetValue(_role), arguments.GetValue(_days));
        Terminal.WriteKey(await client.CreateKeyAsync(request, cancellationToken), json);
        return ExitCode.Ok;
    }
}
