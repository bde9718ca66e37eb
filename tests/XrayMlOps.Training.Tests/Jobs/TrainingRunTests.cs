using System.Text.Json;
using XrayMlOps.Core;
using XrayMlOps.Core.Architectures;
using XrayMlOps.Core.Runs;
using XrayMlOps.Training.Tests.Fixtures;

namespace XrayMlOps.Training.Tests.Jobs;

public sealed class TrainingRunTests
{
    private static readonly string[] s_outputs = [TrainingOutputs.Weights, TrainingOutputs.Model, TrainingOutputs.Evaluation];

    [Fact]
    public void Run_of_separable_films_learns_them_and_leaves_every_output()
    {
        using var folder = new TemporaryFolder();
        TinyJob.Write(folder, TinyJob.Job with { Recipe = TinyJob.Recipe with { Epochs = 12 } });

        var (exitCode, messages) = TinyJob.Run(folder);

        Assert.Equal(TrainerExit.Completed, exitCode);
        var started = Assert.IsType<TrainerStarted>(messages[0]);
        Assert.Equal((36, 12, 12, null), (started.TrainImages, started.ValidationImages, started.TestImages, started.ResumedFrom));
        Assert.Equal(Enumerable.Range(1, 12), messages.OfType<TrainerEpoch>().Select(message => message.Metrics.Epoch));
        Assert.True(Assert.Single(messages.OfType<TrainerExported>()).LargestDifference <= 1e-4);
        var completed = Assert.IsType<TrainerCompleted>(messages[^1]);
        var evaluation = JsonSerializer.Deserialize<RunEvaluation>(File.ReadAllBytes(folder[TrainingOutputs.Evaluation]), XrayJson.Compact)!;
        Assert.Equal(completed.BestEpoch, evaluation.BestEpoch);
        Assert.Equal(1, evaluation.Test.Accuracy);
        Assert.All(s_outputs, name => Assert.True(File.Exists(folder[name]), name));
        Assert.Empty(Directory.GetFiles(folder.Path, "*.partial"));
    }

    [Fact]
    public void Best_epoch_is_the_one_with_the_lowest_validation_loss()
    {
        using var folder = new TemporaryFolder();
        TinyJob.Write(folder);
        var (_, messages) = TinyJob.Run(folder);
        var best = messages.OfType<TrainerEpoch>().MinBy(message => message.Metrics.ValidationLoss)!.Metrics.Epoch;
        Assert.Equal(best, Assert.IsType<TrainerCompleted>(messages[^1]).BestEpoch);
    }

    [Fact]
    public void Same_seed_gives_the_same_bytes_and_another_seed_does_not()
    {
        using var first = new TemporaryFolder();
        using var second = new TemporaryFolder();
        using var other = new TemporaryFolder();
        TinyJob.Write(first);
        TinyJob.Write(second);
        TinyJob.Write(other, TinyJob.Job with { Recipe = TinyJob.Recipe with { Seed = 2 } });

        var runs = new[] { first, second, other }.Select(folder => TinyJob.Run(folder).Messages).ToArray();

        var losses = runs.Select(messages => messages.OfType<TrainerEpoch>().First().Metrics.TrainLoss).ToArray();
        Assert.Equal(losses[0], losses[1]);
        Assert.NotEqual(losses[0], losses[2]);
        var digests = runs.Select(messages => messages.OfType<TrainerCompleted>().Single().WeightsDigest).ToArray();
        Assert.Equal(64, digests[0].Length);
        Assert.Equal(digests[0], digests[1]);
        Assert.NotEqual(digests[0], digests[2]);
        Assert.All(s_outputs, name => Assert.Equal(File.ReadAllBytes(first[name]), File.ReadAllBytes(second[name])));
    }

    [Fact]
    public void Run_stopped_and_run_again_equals_one_that_never_stopped()
    {
        using var whole = new TemporaryFolder();
        using var parted = new TemporaryFolder();
        TinyJob.Write(whole);
        TinyJob.Write(parted);

        var (_, expected) = TinyJob.Run(whole);
        var (stopped, _) = TinyJob.Run(parted, stopAfter: 2);
        var (completed, rest) = TinyJob.Run(parted);

        Assert.Equal((TrainerExit.Stopped, TrainerExit.Completed), (stopped, completed));
        Assert.Equal(2, Assert.IsType<TrainerStarted>(rest[0]).ResumedFrom);
        Assert.Equal([3, 4], rest.OfType<TrainerEpoch>().Select(message => message.Metrics.Epoch));
        Assert.Equal(
            expected.OfType<TrainerEpoch>().Skip(2).Select(message => message.Metrics.TrainLoss),
            rest.OfType<TrainerEpoch>().Select(message => message.Metrics.TrainLoss));
        Assert.All(s_outputs, name => Assert.Equal(File.ReadAllBytes(whole[name]), File.ReadAllBytes(parted[name])));
    }

    [Fact]
    public void Run_extended_within_its_horizon_equals_one_that_was_long_from_the_start()
    {
        using var whole = new TemporaryFolder();
        using var extended = new TemporaryFolder();
        var recipe = TinyJob.Recipe with { Epochs = 4, Horizon = 4 };
        TinyJob.Write(whole, TinyJob.Job with { Recipe = recipe });
        TinyJob.Write(extended, TinyJob.Job with { Recipe = recipe with { Epochs = 2 } });

        TinyJob.Run(whole);
        TinyJob.Run(extended);
        TinyJob.Write(extended, TinyJob.Job with { Recipe = recipe });
        var (exitCode, messages) = TinyJob.Run(extended);

        Assert.Equal(TrainerExit.Completed, exitCode);
        Assert.Equal([3, 4], messages.OfType<TrainerEpoch>().Select(message => message.Metrics.Epoch));
        Assert.All(s_outputs, name => Assert.Equal(File.ReadAllBytes(whole[name]), File.ReadAllBytes(extended[name])));
    }

    [Fact]
    public void Finished_run_that_is_run_again_trains_nothing_and_leaves_the_same_outputs()
    {
        using var folder = new TemporaryFolder();
        TinyJob.Write(folder);
        TinyJob.Run(folder);
        var outputs = s_outputs.Select(name => File.ReadAllBytes(folder[name])).ToArray();
        Assert.All(s_outputs, name => File.Delete(folder[name]));

        var (exitCode, messages) = TinyJob.Run(folder);

        Assert.Equal(TrainerExit.Completed, exitCode);
        Assert.Empty(messages.OfType<TrainerEpoch>());
        Assert.Equal(outputs, s_outputs.Select(name => File.ReadAllBytes(folder[name])));
    }

    [Fact]
    public void Started_and_epochs_say_what_the_figures_depend_on()
    {
        using var folder = new TemporaryFolder();
        TinyJob.Write(folder, TinyJob.Job with { Recipe = TinyJob.Recipe with { Precision = Precision.BFloat16 } });

        var (exitCode, messages) = TinyJob.Run(folder);

        Assert.Equal(TrainerExit.Completed, exitCode);
        var environment = Assert.IsType<TrainerStarted>(messages[0]).Environment;
        Assert.All(["code", "os", "processor", "cores", "dotnet"], name => Assert.NotEmpty(environment[name]));
        Assert.All(messages.OfType<TrainerEpoch>(), message => Assert.True(message.Metrics.MemoryBytes > 1 << 20));
        Assert.All(messages.OfType<TrainerStep>(), message => Assert.True(message.LearningRate > 0));
    }

    [Fact]
    public void Patience_ends_a_run_that_no_longer_improves()
    {
        using var folder = new TemporaryFolder();
        var recipe = TinyJob.Recipe with { Epochs = 200, Patience = 2, LearningRate = 0.1, Schedule = LearningRateSchedule.Constant };
        TinyJob.Write(folder, TinyJob.Job with { Recipe = recipe });

        var (_, messages) = TinyJob.Run(folder);

        var completed = Assert.IsType<TrainerCompleted>(messages[^1]);
        Assert.True(completed.StoppedEarly);
        Assert.Equal(completed.BestEpoch + 2, completed.Epochs);
    }

    [Fact]
    public void Loss_that_is_no_number_fails_the_run_and_names_the_epoch()
    {
        using var folder = new TemporaryFolder();
        // Sixty-four linear layers multiply: at a step size of one, float32 overflows within a few steps.
        var linear = Enumerable.Repeat(new DenseLayer { Units = 32 }, 64);
        var architecture = TinyJob.Architecture with { Layers = [new FlattenLayer(), .. linear, new DenseLayer { Units = 3 }] };
        var recipe = TinyJob.Recipe with { LearningRate = 1, WeightDecay = 0, Schedule = LearningRateSchedule.Constant };
        TinyJob.Write(folder, TinyJob.Job with { Architecture = architecture, Recipe = recipe });

        var (exitCode, messages) = TinyJob.Run(folder);

        Assert.Equal(TrainerExit.Failed, exitCode);
        Assert.Contains("diverged at epoch", Assert.IsType<TrainerFailed>(messages[^1]).Reason, StringComparison.Ordinal);
        Assert.False(File.Exists(folder[TrainingOutputs.Model]));
    }

    [Fact]
    public void Job_with_many_faults_names_them_all()
    {
        using var folder = new TemporaryFolder();
        TinyJob.Write(folder, TinyJob.Job with
        {
            Architecture = TinyJob.Architecture with { Layers = [.. TinyJob.Architecture.Layers.SkipLast(1)] },
            Recipe = TinyJob.Recipe with { Epochs = 0, LearningRate = 7 },
            Preprocessing = TinyJob.Job.Preprocessing with { Height = 32, Colour = "rgb" },
        });

        var (exitCode, messages) = TinyJob.Run(folder);

        Assert.Equal(TrainerExit.Failed, exitCode);
        var reason = Assert.IsType<TrainerFailed>(Assert.Single(messages)).Reason;
        Assert.All(
            ["the last layer must be dense", "epochs 0", "learningRate 7", "colour 'rgb'", "16 x 16 pixels, but preprocessing makes 32 x 16"],
            part => Assert.Contains(part, reason, StringComparison.Ordinal));
    }

    [Fact]
    public void Folder_without_a_job_fails_and_says_where_it_looked()
    {
        using var folder = new TemporaryFolder();
        var (exitCode, messages) = TinyJob.Run(folder);
        Assert.Equal(TrainerExit.Failed, exitCode);
        Assert.Contains(folder[TrainingJob.FileName], Assert.IsType<TrainerFailed>(Assert.Single(messages)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Checkpoint_of_another_recipe_is_refused()
    {
        using var folder = new TemporaryFolder();
        TinyJob.Write(folder);
        TinyJob.Run(folder, stopAfter: 1);
        TinyJob.Write(folder, TinyJob.Job with { Recipe = TinyJob.Recipe with { LearningRate = 0.02 } });

        var (exitCode, messages) = TinyJob.Run(folder);

        Assert.Equal(TrainerExit.Failed, exitCode);
        Assert.Contains("of another job", Assert.IsType<TrainerFailed>(Assert.Single(messages)).Reason, StringComparison.Ordinal);
    }
}
