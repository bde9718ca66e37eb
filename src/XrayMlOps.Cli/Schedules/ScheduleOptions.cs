using System.CommandLine;
using XrayMlOps.Core.Models;
using XrayMlOps.Core.Runs;
using XrayMlOps.Core.Schedules;

namespace XrayMlOps.Cli.Schedules;

/// <summary>What can be said of a schedule when it is added, and changed later.</summary>
/// <param name="isNew">Whether what is not said has a default, for the help to tell; else it stays as it is.</param>
internal sealed class ScheduleOptions(bool isNew)
{
    public Option<string?> Cron { get; } = new("--cron")
    {
        Description = "Minute, hour, day of month, month, day of week: \"0 3 * * 1\" is Mondays at 3",
        Required = isNew,
        HelpName = "\"M H D M W\"",
    };
    public Option<string?> TimeZone { get; } = new("--time-zone")
    {
        Description = "An IANA name, like Europe/Berlin" + Default(isNew, "UTC"),
        HelpName = "ZONE",
    };
    public Option<string?> Model { get; } = new("--model", "-m")
    {
        Description = "The model that results are registered as" + Default(isNew, ModelReference.DefaultName),
        HelpName = "NAME",
    };
    public Option<ScheduledResult?> Result { get; } = new("--result")
    {
        Description = "What becomes of each result: it stays with its run, is registered, or is made the model's challenger too" + Default(isNew, "challenger"),
        HelpName = "keep|register|challenger",
    };
    public Option<bool?> Always { get; } = new("--always")
    {
        Description = isNew
            ? "Train without new data too; by default, a due time at which the dataset has no new version asks for no run"
            : "Train without new data too; --always false asks for a run only if there is a new version",
    };
    public Option<MissedFirings?> Missed { get; } = new("--missed")
    {
        Description = "Once the platform is up again after it was down for due times: train once for all of them, or skip them" + Default(isNew, "runOnce"),
        HelpName = "runOnce|skip",
    };
    public Option<string?> Start { get; } = new("--start")
    {
        Description = $"Do not fire before: {ScheduleMoment.Form}",
        HelpName = "TIME",
    };
    public Option<string?> End { get; } = new("--end")
    {
        Description = "Do not fire after, in the same form",
        HelpName = "TIME",
    };
    public Option<ComputeNeed?> Need { get; } = new("--need")
    {
        Description = "What the runs must be trained on" + Default(isNew, "any"),
        HelpName = "any|cpu|gpu",
    };

    /// <summary>Adds all but the cron and the zone, which come first.</summary>
    public void AddTo(Action<Option> add)
    {
        Option[] options = [Model, Result, Always, Missed, Start, End, Need];
        foreach (var option in options) add(option);
    }

    private static string Default(bool isNew, string value) => isNew ? $" [default: {value}]" : "";
}
