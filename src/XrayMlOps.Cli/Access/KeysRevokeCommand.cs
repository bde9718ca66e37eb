using System.CommandLine;
using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;

namespace XrayMlOps.Cli.Access;

/// <summary><c>xray keys revoke</c>.</summary>
internal sealed class KeysRevokeCommand : ServerVerb
{
    private readonly KeyIdArgument _id = new();

    public KeysRevokeCommand(Terminal terminal) : base("revoke", "Refuse a key from now on", terminal) => Add(_id);

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var id = arguments.GetRequiredValue(_id);
        await client.RevokeKeyAsync(id, cancellationToken);
        if (json) Terminal.WriteJson(new { Id = id, Revoked = true });
        else Terminal.Output.MarkupLineInterpolated($"The key [green]{id}[/] is refused from now on.");
        return ExitCode.Ok;
    }
}
