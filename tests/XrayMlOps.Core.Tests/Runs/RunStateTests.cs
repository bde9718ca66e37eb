using XrayMlOps.Core.Runs;

namespace XrayMlOps.Core.Tests.Runs;

public sealed class RunStateTests
{
    [Fact]
    public void CanBecome_from_an_end_is_never_allowed() =>
        Assert.All(Enum.GetValues<RunState>().Where(state => state.IsEnd()), from =>
            Assert.All(Enum.GetValues<RunState>(), to => Assert.False(from.CanBecome(to))));

    [Fact]
    public void CanBecome_succeeded_only_from_running() =>
        Assert.Equal([RunState.Running], Enum.GetValues<RunState>().Where(from => from.CanBecome(RunState.Succeeded)));

    [Fact]
    public void Recipe_out_of_range_names_every_value_at_once()
    {
        var problems = new TrainingRecipe { Epochs = 0, LearningRate = double.NaN, Augmentation = new Augmentation { Zoom = 2 } }.Problems();
        Assert.Collection(
            problems,
            problem => Assert.Contains("epochs 0", problem),
            problem => Assert.Contains("learningRate NaN", problem),
            problem => Assert.Contains("augmentation.zoom 2", problem));
    }

    [Fact]
    public void TrainerMessage_round_trips_and_other_lines_are_not_messages()
    {
        TrainerMessage epoch = new TrainerEpoch(new EpochMetrics(3, 0.5, 0.8, 0.6, 0.7, 1e-3, 41.2, 88.1));
        Assert.Equal(epoch, TrainerMessage.TryParse(epoch.ToLine()));
        Assert.DoesNotContain('\n', epoch.ToLine());
        Assert.Null(TrainerMessage.TryParse("warning: something native was printed"));
        Assert.Null(TrainerMessage.TryParse("{\"event\":\"unheard\"}"));
    }
}
