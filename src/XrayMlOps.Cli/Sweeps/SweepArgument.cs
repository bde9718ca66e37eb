using System.CommandLine;

namespace XrayMlOps.Cli.Sweeps;

internal sealed class SweepArgument : Argument<int>
{
    public SweepArgument() : base("sweep") => Description = "The sweep's number";
}
