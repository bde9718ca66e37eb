using System.CommandLine;
using Spectre.Console;
using XrayMlOps.Cli.Architectures;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Cli.Runs;
using XrayMlOps.Core.Runs;
using XrayMlOps.Core.Schedules;

namespace XrayMlOps.Cli.Schedules;

/// <summary><c>xray schedule update</c>: changes what is given, and nothing else.</summary>
internal sealed class ScheduleUpdateCommand : ServerVerb
{
    private readonly ScheduleArgument _name = new();
    private readonly ScheduleOptions _options = new(isNew: false);
    private readonly Option<string?> _architecture = new("--arch", "-a")
    {
        Description = "The network, and its recipe with it: one that ships, or a .json file",
        HelpName = "NAME|FILE",
    };
    private readonly RecipeOptions _recipe = new();

    public ScheduleUpdateCommand(Terminal terminal)
        : base("update", "Change a schedule: what is not given stays. New times hold from now on; what was due before is not made up for", terminal)
    {
        Add(_name);
        Add(_options.Cron);
        Add(_options.TimeZone);
        Add(_architecture);
        _options.AddTo(Add);
        _recipe.AddTo(Add);
    }

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var schedule = await client.ScheduleAsync(arguments.GetRequiredValue(_name), cancellationToken);
        var change = ChangeOf(schedule, arguments);
        if (change == new ScheduleChange()) throw new CommandFailure(ExitCode.BadInput, "Nothing to change: give an option. They are listed by --help.");
        schedule = await client.ChangeScheduleAsync(schedule.Name, change, cancellationToken);
        if (json) Terminal.WriteJson(schedule);
        else Terminal.Output.WriteLine($"Schedule {schedule.Name} is changed; it is {schedule.State()}, next due at {Figures.Time(schedule.NextRunAt)}.");
        return ExitCode.Ok;
    }

    private ScheduleChange ChangeOf(ScheduleResponse schedule, ParseResult arguments)
    {
        var architecture = arguments.GetValue(_architecture) is { } name ? ArchitectureCatalog.Find(name) : null;
        TrainingRecipe? recipe = _recipe.Apply(architecture?.Recipe ?? schedule.Recipe, arguments);
        if (recipe == schedule.Recipe) recipe = null;
        var zone = arguments.GetValue(_options.TimeZone);
        return new ScheduleChange(
            arguments.GetValue(_options.Cron), zone, architecture, recipe, arguments.GetValue(_options.Model), arguments.GetValue(_options.Result),
            arguments.GetValue(_options.Always) is { } always ? !always : null, arguments.GetValue(_options.Missed),
            ScheduleMoment.Parse(arguments.GetValue(_options.Start), _options.Start.Name, zone ?? schedule.TimeZone),
            ScheduleMoment.Parse(arguments.GetValue(_options.End), _options.End.Name, zone ?? schedule.TimeZone), arguments.GetValue(_options.Need));
    }
}
