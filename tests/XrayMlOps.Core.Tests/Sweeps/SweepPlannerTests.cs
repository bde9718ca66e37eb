using XrayMlOps.Core.Sweeps;

namespace XrayMlOps.Core.Tests.Sweeps;

public sealed class SweepPlannerTests
{
    [Fact]
    public void Rungs_multiply_up_to_the_epochs()
    {
        var trial = SweepTrials.Of(Specs.Asha(1, epochs: 20))[0];
        var spec = Specs.Asha(1, epochs: 20) with { MinEpochs = 2 };

        Assert.Equal(3, SweepRungs.LastOf(spec));
        Assert.Equal([2, 6, 18, 20], Enumerable.Range(0, 4).Select(rung => SweepRungs.EpochsOf(spec, trial, rung)));
        Assert.Equal(0, SweepRungs.LastOf(Specs.Asha(1, epochs: 1)));
        Assert.Equal((0, 4), (SweepRungs.LastOf(Specs.Grid()), SweepRungs.EpochsOf(Specs.Grid(), SweepTrials.Of(Specs.Grid())[0], 0)));
    }

    [Fact]
    public void Grid_without_a_limit_begins_every_trial_at_once_and_ends_with_them()
    {
        Assert.Equal([new(1, 0), new(2, 0), new(3, 0)], SweepPlanner.Next(Specs.Grid(3), []).Actions);
        Assert.Equal([new(3, 0)], SweepPlanner.Next(Specs.Grid(3) with { Parallel = 2 }, [Done(1, 0, 1, 0.5), Running(2, 0, 2)]).Actions);
        var ended = SweepPlanner.Next(Specs.Grid(3), [Done(1, 0, 1, 0.5), GivenUp(2, 0, 2), Done(3, 0, 3, null)]);
        Assert.True(ended.IsComplete);
        Assert.Empty(ended.Actions);
        Assert.False(SweepPlanner.Next(Specs.Grid(1), [Running(1, 0, 1)]).IsComplete);
    }

    [Fact]
    public void Asha_promotes_the_best_third_of_a_rung_before_it_begins_another_trial()
    {
        var spec = Specs.Asha(9, parallel: 2);
        TrialRun[] three = [Done(1, 0, 1, 0.9), Done(2, 0, 2, 0.3), Done(3, 0, 3, 0.6)];

        Assert.Equal([new(3, 0), new(4, 0)], SweepPlanner.Next(spec, three[..2]).Actions);
        Assert.Equal([new(2, 1, From: 2), new(4, 0)], SweepPlanner.Next(spec, three).Actions);
        Assert.Equal([new(4, 0)], SweepPlanner.Next(spec, [.. three, Running(2, 1, 4)]).Actions);
        // By accuracy the highest is the best.
        Assert.Equal(new(1, 1, From: 1), SweepPlanner.Next(spec with { Metric = SweepMetric.ValidationAccuracy }, three).Actions[0]);
    }

    [Fact]
    public void Asha_promotes_from_the_highest_rung_first()
    {
        TrialRun[] runs =
        [
            .. Enumerable.Range(1, 9).Select(trial => Done(trial, 0, trial, trial / 10.0)),
            Done(1, 1, 11, 0.1), Done(2, 1, 12, 0.05),
            Done(3, 1, 13, 0.2),
        ];

        Assert.Equal([new(2, 2, From: 12), new(10, 0)], SweepPlanner.Next(Specs.Asha(20, parallel: 2), runs).Actions);
    }

    [Fact]
    public void Asha_counts_a_trial_given_up_as_the_worst_and_never_tries_it_again()
    {
        var spec = Specs.Asha(3, parallel: 3);

        Assert.Equal([new(3, 1, From: 3)], SweepPlanner.Next(spec, [GivenUp(1, 0, 1), Done(2, 0, 2, double.NaN), Done(3, 0, 3, 7)]).Actions);
        Assert.True(SweepPlanner.Next(spec, [GivenUp(1, 0, 1), GivenUp(2, 0, 2), Done(3, 0, 3, null)]).IsComplete);
    }

    [Fact]
    public void Asha_of_few_trials_still_trains_the_best_in_full()
    {
        var spec = Specs.Asha(2, epochs: 9);
        TrialRun[] runs = [Done(1, 0, 1, 0.4), Done(2, 0, 2, 0.2)];

        Assert.Equal([new(2, 1, From: 2)], SweepPlanner.Next(spec, runs).Actions);
        Assert.Equal([new(2, 2, From: 3)], SweepPlanner.Next(spec, [.. runs, Done(2, 1, 3, 0.2)]).Actions);
        Assert.Equal([new(1, 1, From: 1)], SweepPlanner.Next(spec, [.. runs, GivenUp(2, 1, 3)]).Actions);
        Assert.True(SweepPlanner.Next(spec, [.. runs, Done(2, 1, 3, 0.2), Done(2, 2, 4, 0.1)]).IsComplete);
    }

    [Fact]
    public void Stopped_trials_are_taken_up_before_others_from_where_they_were()
    {
        var stopped = SweepPlanner.Next(Specs.Grid(3) with { Parallel = 2 }, [Stopped(1, 0, 1), Done(2, 0, 2, 0.1)]);

        Assert.Equal([new(1, 0, From: 1), new(3, 0)], stopped.Actions);
        Assert.Empty(SweepPlanner.Next(Specs.Grid(1), [Stopped(1, 0, 1), Running(1, 0, 2)]).Actions);
    }

    internal static TrialRun Done(int trial, int rung, int run, double? metric) => new(trial, rung, run, TrialRunState.Finished, metric);

    private static TrialRun Running(int trial, int rung, int run) => new(trial, rung, run, TrialRunState.Unfinished, null);

    private static TrialRun GivenUp(int trial, int rung, int run) => new(trial, rung, run, TrialRunState.GivenUp, null);

    private static TrialRun Stopped(int trial, int rung, int run) => new(trial, rung, run, TrialRunState.Stopped, 0.5);
}
