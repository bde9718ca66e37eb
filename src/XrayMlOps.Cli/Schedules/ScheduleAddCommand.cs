using System.CommandLine;
using Spectre.Console;
using XrayMlOps.Cli.Architectures;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Cli.Runs;
using XrayMlOps.Core.Models;
using XrayMlOps.Core.Schedules;

namespace XrayMlOps.Cli.Schedules;

/// <summary><c>xray schedule add</c>.</summary>
internal sealed class ScheduleAddCommand : ServerVerb
{
    private readonly Option<string?> _name = new("--name", "-n")
    {
        Description = "The schedule's name; one of that name is replaced [default: the dataset's name]",
        HelpName = "NAME",
    };
    private readonly Option<string> _cron = new("--cron")
    {
        Description = "Minute, hour, day of month, month, day of week: \"0 3 * * 1\" is Mondays at 3",
        Required = true,
        HelpName = "\"M H D M W\"",
    };
    private readonly Option<string> _timeZone = new("--time-zone")
    {
        Description = "An IANA name, like Europe/Berlin",
        HelpName = "ZONE",
        DefaultValueFactory = _ => "UTC",
    };
    private readonly Option<string> _dataset = new("--dataset", "-d")
    {
        Description = "The dataset's name: each run takes its latest version",
        Required = true,
        HelpName = "NAME",
    };
    private readonly ArchitectureOption _architecture = new();
    private readonly RecipeOptions _recipe = new();
    private readonly Option<string> _model = new("--model", "-m")
    {
        Description = "Each result is registered as this model's challenger",
        HelpName = "NAME",
        DefaultValueFactory = _ => ModelReference.DefaultName,
    };

    public ScheduleAddCommand(Terminal terminal) : base("add", "Retrain again and again, by the clock", terminal)
    {
        Add(_name);
        Add(_cron);
        Add(_timeZone);
        Add(_dataset);
        Add(_architecture);
        Add(_model);
        _recipe.AddTo(Add);
    }

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var architecture = ArchitectureCatalog.Find(arguments.GetRequiredValue(_architecture));
        var recipe = _recipe.Apply(architecture.Recipe, arguments);
        var dataset = arguments.GetRequiredValue(_dataset);
        var schedule = await client.ScheduleAsync(
            new ScheduleRequest(
                arguments.GetValue(_name) ?? dataset, arguments.GetRequiredValue(_cron), dataset, architecture, recipe,
                arguments.GetRequiredValue(_model), arguments.GetRequiredValue(_timeZone)),
            cancellationToken);
        if (json) Terminal.WriteJson(schedule);
        else
            Terminal.Output.WriteLine(
                $"Schedule {schedule.Name} trains {schedule.Architecture} on {schedule.Dataset} next at {Figures.Time(schedule.NextRunAt)}.");
        return ExitCode.Ok;
    }
}
