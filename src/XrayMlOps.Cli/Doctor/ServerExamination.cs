using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;

namespace XrayMlOps.Cli.Doctor;

/// <summary>Whether a server answers. None need: this is for information.</summary>
internal sealed class ServerExamination(Uri server) : IExamination
{
    public string Name => "Server";

    public string Advice => "Look at its log.";

    public async Task<IReadOnlyList<Finding>> ExamineAsync(CancellationToken cancellationToken)
    {
        using var client = new RegistryClient(server);
        try
        {
            return
            [
                await client.IsHealthyAsync(cancellationToken)
                    ? new Finding(Name, FindingState.Ok, $"{server} answers")
                    : new Finding(Name, FindingState.Warning, $"{server} is not healthy", Advice),
            ];
        }
        catch (CommandFailure failure) when (failure.Code == ExitCode.Unreachable)
        {
            return [new Finding(Name, FindingState.Ok, $"none at {server}; 'xray up' starts one")];
        }
    }
}
