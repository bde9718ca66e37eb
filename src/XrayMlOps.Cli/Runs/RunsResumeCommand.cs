using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Cli.Runs;

/// <summary><c>xray runs resume</c>.</summary>
internal sealed class RunsResumeCommand : ServerVerb
{
    private readonly RunArgument _run = new();
    private readonly Option<ResumeRequest> _epochs = new("--epochs")
    {
        Description = "How many in all, or with '+' how many more than were asked for; without it, as many as were",
        HelpName = "N|+N",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (int.TryParse(text.TrimStart('+'), NumberStyles.None, CultureInfo.InvariantCulture, out var epochs) && epochs > 0)
                return text.StartsWith('+') ? new ResumeRequest(MoreEpochs: epochs) : new ResumeRequest(Epochs: epochs);
            result.AddError($"--epochs '{text}' is no number of epochs: give one like 20, or +10 for ten more.");
            return new ResumeRequest();
        },
    };
    private readonly Option<bool> _wait = new("--wait", "-w") { Description = "Follow the run to its end; exit code 1 unless it succeeds" };

    public RunsResumeCommand(Terminal terminal) : base("resume", "Go on from the checkpoint of a run that has ended, in a run of its own", terminal)
    {
        Add(_run);
        Add(_epochs);
        Add(_wait);
    }

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var from = arguments.GetValue(_run);
        var run = await client.ResumeRunAsync(from, arguments.GetValue(_epochs) ?? new ResumeRequest(), cancellationToken);
        var people = Terminal.People(json);
        people.MarkupLineInterpolated($"[green]Run {run.Id}[/] goes on from epoch {run.Epochs.Count} of run {from}, to {run.Recipe.Epochs}.");
        if (arguments.GetValue(_wait))
        {
            run = await client.FollowAsync(run.Id, people, Terminal.Time, cancellationToken);
            people.WriteRun(run);
        }
        else
        {
            people.WriteLine($"Watch it: xray runs watch {run.Id}");
        }
        if (json) Terminal.WriteJson(run);
        return arguments.GetValue(_wait) && run.State != RunState.Succeeded ? ExitCode.Failed : ExitCode.Ok;
    }
}
