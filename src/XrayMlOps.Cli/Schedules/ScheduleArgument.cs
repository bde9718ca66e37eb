using System.CommandLine;

namespace XrayMlOps.Cli.Schedules;

internal sealed class ScheduleArgument : Argument<string>
{
    public ScheduleArgument() : base("name") => Description = "The schedule's name";
}
