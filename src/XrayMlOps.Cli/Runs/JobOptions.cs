using System.CommandLine;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Cli.Runs;

/// <summary>Where and under what name a run is trained, and when it is given up.</summary>
internal sealed class JobOptions
{
    private readonly Option<string> _experiment = new("--experiment")
    {
        Description = "Group the run with others",
        HelpName = "NAME",
        DefaultValueFactory = _ => RunExperiment.Default,
    };
    private readonly Option<Dictionary<string, string>> _tags = Tags.Option();
    private readonly Option<ComputeNeed> _need = new("--need") { Description = "What to train on: any takes a GPU where there is one", HelpName = "any|cpu|gpu" };
    private readonly Option<int> _threads = new("--threads") { Description = "To compute with; 0 leaves it to the worker", HelpName = "N" };
    private readonly Option<double?> _timeLimit = new("--time-limit") { Description = "The run has failed so long after its first start", HelpName = "MINUTES" };
    private readonly Option<double> _stallLimit = new("--stall-limit")
    {
        Description = "Start the trainer again when it has said nothing for so long",
        HelpName = "MINUTES",
        DefaultValueFactory = _ => RunLimits.DefaultStallMinutes,
    };

    public void AddTo(Action<Option> add)
    {
        Option[] options = [_experiment, _tags, _need, _threads, _timeLimit, _stallLimit];
        foreach (var option in options) add(option);
    }

    /// <exception cref="CommandFailure">A value is out of its range; every one is named.</exception>
    public TrainRequest Apply(TrainRequest request, ParseResult arguments)
    {
        var limits = new RunLimits(arguments.GetValue(_timeLimit), arguments.GetValue(_stallLimit));
        var tags = arguments.GetValue(_tags);
        string[] problems = [.. limits.Problems(), .. RunTags.ProblemsOf(tags)];
        if (problems is not []) throw new CommandFailure(ExitCode.BadInput, string.Join("\n  ", problems));
        return request with
        {
            Experiment = arguments.GetRequiredValue(_experiment),
            Tags = tags is { Count: > 0 } ? tags : null,
            Need = arguments.GetValue(_need),
            Threads = arguments.GetValue(_threads),
            Limits = limits,
        };
    }
}
