using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Monitoring;
using XrayMlOps.Core.Predictions;

namespace XrayMlOps.Cli.Tests.Predictions;

public sealed class PredictTests(Platform platform) : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Prediction_and_its_feedback_become_realised_accuracy()
    {
        var film = _folder.WritePhantom("film.jpeg", ImageLabel.Virus, 31);
        var answers = await XrayRun.Json<PredictionsResponse>("predict", film, "--server", platform.Server);
        var prediction = Assert.Single(answers.Predictions).Prediction!;
        Assert.Equal((Platform.Model, 1), (prediction.Model.Name, prediction.Model.Version));
        Assert.Equal(1, prediction.Probabilities.Values.Sum(), 1e-5);

        var feedback = await XrayRun.Json<FeedbackResponse>(
            "feedback", prediction.Id.ToString(), "viral", "--by", "reader", "--server", platform.Server);
        Assert.Equal((ImageLabel.Virus, prediction.Label == ImageLabel.Virus), (feedback.Label, feedback.Correct));

        var accuracy = await XrayRun.Json<RealisedAccuracyResponse>("models", "accuracy", Platform.Model, "--server", platform.Server);
        var overall = Assert.Single(accuracy.Overall);
        Assert.Equal((1, feedback.Correct ? 1 : 0), (overall.Labelled, overall.Correct));
        Assert.Contains(
            $"{Platform.Model}:1", (await XrayRun.Of("models", "accuracy", Platform.Model, "--server", platform.Server)).Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Predict_answers_for_the_good_films_and_exits_2_if_one_is_bad()
    {
        var run = await XrayRun.Of(
            "predict", _folder.WritePhantom("film.jpeg", ImageLabel.Normal, 1), _folder.Write("text.png", "no film"),
            Path.Combine(_folder.Path, "gone.png"), "--server", platform.Server);
        Assert.Equal(2, run.ExitCode);
        Assert.Matches(@"normal\s+\d+\.\d %", run.Output);
        Assert.Contains($"{Platform.Model}:1", run.Output, StringComparison.Ordinal);
        Assert.Contains("text.png", run.Errors, StringComparison.Ordinal);
        Assert.Contains("gone.png", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Feedback_for_a_prediction_that_is_not_there_exits_4()
    {
        Assert.Equal(4, (await XrayRun.Of("feedback", Guid.NewGuid().ToString(), "normal", "--server", platform.Server)).ExitCode);
    }
}
