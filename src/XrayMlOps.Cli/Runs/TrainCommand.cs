using System.CommandLine;
using Spectre.Console;
using XrayMlOps.Cli.Architectures;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Cli.Runs;

/// <summary><c>xray train</c>.</summary>
internal sealed class TrainCommand : ServerVerb
{
    private readonly Option<string> _dataset = new("--dataset", "-d")
    {
        Description = "NAME (its latest version), NAME@3 or NAME@sha256:DIGEST",
        Required = true,
        HelpName = "NAME",
    };
    private readonly ArchitectureOption _architecture = new();
    private readonly RecipeOptions _recipe = new();
    private readonly JobOptions _job = new();
    private readonly Option<string?> _register = new("--register")
    {
        Description = "Register the model under this name when the run succeeds",
        HelpName = "NAME",
    };
    private readonly Option<string?> _alias = new("--alias") { Description = "Then point this alias at it: champion, challenger", HelpName = "NAME" };
    private readonly Option<bool> _wait = new("--wait", "-w") { Description = "Follow the run to its end; exit code 1 unless it succeeds" };

    public TrainCommand(Terminal terminal) : base("train", "Train a network on a dataset version", terminal)
    {
        Add(_dataset);
        Add(_architecture);
        _recipe.AddTo(Add);
        Add(_register);
        Add(_alias);
        _job.AddTo(Add);
        Add(_wait);
    }

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var (register, alias) = (arguments.GetValue(_register), arguments.GetValue(_alias));
        if (alias is not null && register is null)
            throw new CommandFailure(ExitCode.BadInput, "--alias needs --register NAME: an alias points at a registered model.");
        var architecture = ArchitectureCatalog.Find(arguments.GetRequiredValue(_architecture));
        var recipe = _recipe.Apply(architecture.Recipe, arguments);

        var commit = await WorkingTree.CommitAsync(cancellationToken);
        var request = new TrainRequest(arguments.GetRequiredValue(_dataset), architecture, recipe, register, alias, commit);
        var run = await client.TrainAsync(_job.Apply(request, arguments), cancellationToken);
        var people = Terminal.People(json);
        people.MarkupLineInterpolated($"[green]Run {run.Id}[/]: {run.Architecture} on {run.Dataset}.");
        if (!arguments.GetValue(_wait))
        {
            people.WriteLine($"Watch it: xray runs watch {run.Id}");
            if (json) Terminal.WriteJson(run);
            return ExitCode.Ok;
        }

        run = await client.FollowAsync(run.Id, people, Terminal.Time, cancellationToken);
        people.WriteRun(run);
        if (json) Terminal.WriteJson(run);
        return run.State == RunState.Succeeded ? ExitCode.Ok : ExitCode.Failed;
    }
}
