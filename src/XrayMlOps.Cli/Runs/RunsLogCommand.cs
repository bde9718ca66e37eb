using System.CommandLine;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;

namespace XrayMlOps.Cli.Runs;

/// <summary><c>xray runs log</c>.</summary>
internal sealed class RunsLogCommand : ServerVerb
{
    private readonly RunArgument _run = new();

    public RunsLogCommand(Terminal terminal) : base("log", "Print what the trainer of a run wrote to its log", terminal) => Add(_run);

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var id = arguments.GetValue(_run);
        var log = await client.RunLogAsync(id, cancellationToken);
        if (json) Terminal.WriteJson(new RunLog(id, log));
        else Terminal.Output.Profile.Out.Writer.Write(log); // as it is: Spectre would wrap its lines
        return ExitCode.Ok;
    }

    private sealed record RunLog(int Run, string Log);
}
