using System.CommandLine;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Access;

namespace XrayMlOps.Cli.Access;

/// <summary><c>xray keys rotate</c>.</summary>
internal sealed class KeysRotateCommand : ServerVerb
{
    private readonly KeyIdArgument _id = new();
    private readonly ExpiresInDaysOption _days = new();
    private readonly Option<int> _overlap = new("--overlap") { Description = "Minutes for which the old key is still good, 0 to 43,200", HelpName = "MINUTES" };

    public KeysRotateCommand(Terminal terminal) : base("rotate", "Make another key in the place of one, and print it this once", terminal)
    {
        Add(_id);
        Add(_overlap);
        Add(_days);
    }

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var request = new RotateKeyRequest(arguments.GetValue(_overlap), arguments.GetValue(_days));
        Terminal.WriteKey(await client.RotateKeyAsync(arguments.GetRequiredValue(_id), request, cancellationToken), json);
        return ExitCode.Ok;
    }
}
