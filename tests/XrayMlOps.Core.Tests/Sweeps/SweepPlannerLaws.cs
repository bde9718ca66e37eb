using CsCheck;
using XrayMlOps.Core.Sweeps;

namespace XrayMlOps.Core.Tests.Sweeps;

/// <summary>Whatever the order in which runs end, and however often the sweep is stopped.</summary>
public sealed class SweepPlannerLaws
{
    private static readonly Gen<SweepSpec> s_specs =
        from networks in Gen.Int[1, 30]
        from asha in Gen.Bool
        from epochs in Gen.Int[1, 30]
        from minEpochs in Gen.Int[1, 3]
        from reduction in Gen.Int[2, 4]
        from parallel in Gen.Int[0, 6]
        select (asha ? Specs.Asha(networks, epochs, parallel) : Specs.Grid(networks) with { Parallel = parallel })
            with
        { MinEpochs = Math.Min(minEpochs, epochs), Reduction = reduction };

    [Fact]
    public void Sweep_ends_with_every_trial_done_and_one_trained_in_full() =>
        Gen.Select(s_specs, Gen.Int, Gen.Double[0, 0.5], Gen.Double[0, 0.2]).Sample((spec, seed, failures, stops) =>
        {
            Simulation simulation = new(spec, seed, failures, stops);
            simulation.RunToItsEnd();

            Assert.Equal(SweepTrials.CountOf(spec), simulation.Runs.Select(run => run.Trial).Distinct().Count());
            Assert.DoesNotContain(simulation.Runs, run => run.State == TrialRunState.Unfinished);
            var last = SweepRungs.LastOf(spec);
            Assert.True(
                simulation.Runs.Any(run => run.Rung == last && run.State == TrialRunState.Finished)
                || simulation.Deepest.All(run => run.State == TrialRunState.GivenUp));
        });

    [Fact]
    public void Sweep_that_is_stopped_and_resumed_finishes_the_trials_of_one_that_is_not() =>
        Gen.Select(s_specs, Gen.Int, Gen.Double[0, 0.5]).Sample((spec, seed, failures) =>
        {
            // One at a time: the order in which runs end, which the asynchronous algorithm follows, is then the same.
            Simulation whole = new(spec with { Parallel = 1 }, seed, failures, 0), stopped = new(spec with { Parallel = 1 }, seed, failures, 0.4);
            whole.RunToItsEnd();
            stopped.RunToItsEnd();

            Assert.Equal(Finished(whole), Finished(stopped));
        });

    [Fact]
    public void Full_halving_promotes_as_many_as_its_reduction_says() =>
        Gen.Select(Gen.Int[9, 40], Gen.Int[1, 6], Gen.Int).Sample((networks, parallel, seed) =>
        {
            Simulation simulation = new(Specs.Asha(networks, epochs: 9, parallel), seed, 0, 0);
            simulation.RunToItsEnd();

            // Asynchrony may promote more than a third (of those that were the best for a while), never fewer.
            Assert.True(simulation.Runs.Count(run => run.Rung == 1) >= networks / 3);
            var best = simulation.Runs.Where(run => run.Rung == 0).OrderBy(run => run.Metric).ThenBy(run => run.Trial).Take(networks / 3).Select(run => run.Trial);
            Assert.Subset(simulation.Runs.Where(run => run.Rung == 1).Select(run => run.Trial).ToHashSet(), best.ToHashSet());
        });

    private static IEnumerable<(int, int)> Finished(Simulation simulation) =>
        simulation.Runs.Where(run => run.State == TrialRunState.Finished).Select(run => (run.Trial, run.Rung)).Order();

    /// <summary>Workers that finish runs in a random order, and a person who stops and resumes.</summary>
    private sealed class Simulation(SweepSpec spec, int seed, double failures, double stops)
    {
        private readonly Random _random = new(seed);
        private readonly int _limit = spec switch { { Parallel: > 0 } => spec.Parallel, { Strategy: SweepStrategy.Asha } => SweepSpec.DefaultAshaParallel, _ => int.MaxValue };

        public List<TrialRun> Runs { get; } = [];

        public IEnumerable<TrialRun> Deepest => Runs.GroupBy(run => run.Trial).Select(trial => trial.MaxBy(run => (run.Rung, run.RunId))!);

        public void RunToItsEnd()
        {
            while (SweepPlanner.Next(spec, Runs) is { IsComplete: false } plan)
            {
                Assert.Equal(plan.Actions, SweepPlanner.Next(spec, Runs.AsEnumerable().Reverse()).Actions);
                foreach (var action in plan.Actions) Begin(action);
                var unfinished = Runs.Index().Where(run => run.Item.State == TrialRunState.Unfinished).ToArray();
                Assert.InRange(unfinished.Length, 1, _limit);
                if (stops > 0 && _random.NextDouble() < stops)
                {
                    foreach (var (index, run) in unfinished) Runs[index] = run with { State = TrialRunState.Stopped };
                }
                else
                {
                    var (index, run) = unfinished[_random.Next(unfinished.Length)];
                    Runs[index] = run with { State = Fails(run) ? TrialRunState.GivenUp : TrialRunState.Finished, Metric = MetricOf(run) };
                }
            }
        }

        private void Begin(SweepAction action)
        {
            var same = Runs.Where(run => run.Trial == action.Trial && run.Rung == action.Rung).ToArray();
            Assert.All(same, run => Assert.Equal(TrialRunState.Stopped, run.State));
            Assert.InRange(action.Trial, 1, SweepTrials.CountOf(spec));
            Assert.InRange(action.Rung, 0, SweepRungs.LastOf(spec));
            if (action.Rung > 0) Assert.Contains(Runs, run => run.Trial == action.Trial && run.Rung == action.Rung - 1 && run.State == TrialRunState.Finished);
            if (action.From is { } from) Assert.Equal(action.Trial, Runs.Single(run => run.RunId == from).Trial);
            Runs.Add(new TrialRun(action.Trial, action.Rung, Runs.Count + 1, TrialRunState.Unfinished, null));
        }

        private bool Fails(TrialRun run) => new Random(unchecked(seed * 31 + run.Trial * 1009 + run.Rung * 17 + 1)).NextDouble() < failures;

        private double MetricOf(TrialRun run) => new Random(unchecked(seed * 31 + run.Trial * 1009 + run.Rung * 17 + 2)).NextDouble();
    }
}
