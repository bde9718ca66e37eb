using System.CommandLine;

namespace XrayMlOps.Cli.Runs;

internal sealed class RunArgument : Argument<int>
{
    public RunArgument() : base("run") => Description = "The run's number";
}
