using XrayMlOps.Core.Runs;

namespace XrayMlOps.Core.Tests.Runs;

public sealed class RunPaceTests
{
    [Fact]
    public void Before_the_first_epoch_the_step_says_how_long() =>
        // 100 steps of 8 films at 40 a second are 20 s an epoch; half of the first of 3 is done.
        Assert.Equal(2.5 * 20, RunPace.SecondsLeft(new TrainerStep(1, 50, 100, 1, 40), epochs: 3, batchSize: 8, secondsPerEpoch: null), 6);

    [Fact]
    public void Afterwards_the_finished_epochs_do() =>
        Assert.Equal(1.5 * 30, RunPace.SecondsLeft(new TrainerStep(2, 50, 100, 1, 40), epochs: 3, batchSize: 8, secondsPerEpoch: 30), 6);

    [Fact]
    public void A_run_past_its_end_has_nothing_left() =>
        Assert.Equal(0, RunPace.SecondsLeft(new TrainerStep(4, 50, 100, 1, 40), epochs: 3, batchSize: 8, secondsPerEpoch: 30));
}
