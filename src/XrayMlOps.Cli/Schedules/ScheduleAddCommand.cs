using System.CommandLine;
using Spectre.Console;
using XrayMlOps.Cli.Architectures;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Cli.Runs;
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
    private readonly Option<string> _dataset = new("--dataset", "-d")
    {
        Description = "The dataset's name: each run takes its latest version",
        Required = true,
        HelpName = "NAME",
    };
    private readonly ArchitectureOption _architecture = new();
    private readonly RecipeOptions _recipe = new();
    private readonly ScheduleOptions _options = new(isNew: true);

    public ScheduleAddCommand(Terminal terminal) : base("add", "Retrain again and again, by the clock", terminal)
    {
        Add(_name);
        Add(_options.Cron);
        Add(_options.TimeZone);
        Add(_dataset);
        Add(_architecture);
        _options.AddTo(Add);
        _recipe.AddTo(Add);
    }

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var architecture = ArchitectureCatalog.Find(arguments.GetRequiredValue(_architecture));
        var recipe = _recipe.Apply(architecture.Recipe, arguments);
        var dataset = arguments.GetRequiredValue(_dataset);
        var plain = new ScheduleRequest(arguments.GetValue(_name) ?? dataset, arguments.GetRequiredValue(_options.Cron)!, dataset, architecture, recipe);
        var zone = arguments.GetValue(_options.TimeZone) ?? plain.TimeZone;
        var schedule = await client.ScheduleAsync(
            plain with
            {
                TimeZone = zone,
                Model = arguments.GetValue(_options.Model) ?? plain.Model,
                Result = arguments.GetValue(_options.Result) ?? plain.Result,
                OnlyNewData = !(arguments.GetValue(_options.Always) ?? !plain.OnlyNewData),
                Missed = arguments.GetValue(_options.Missed) ?? plain.Missed,
                StartsAt = ScheduleMoment.Parse(arguments.GetValue(_options.Start), _options.Start.Name, zone),
                EndsAt = ScheduleMoment.Parse(arguments.GetValue(_options.End), _options.End.Name, zone),
                Need = arguments.GetValue(_options.Need) ?? plain.Need,
            },
            cancellationToken);
        if (json) Terminal.WriteJson(schedule);
        else
            Terminal.Output.WriteLine(
                $"Schedule {schedule.Name} trains {schedule.Architecture} on {schedule.Dataset} next at {Figures.Time(schedule.NextRunAt)}.");
        return ExitCode.Ok;
    }
}
