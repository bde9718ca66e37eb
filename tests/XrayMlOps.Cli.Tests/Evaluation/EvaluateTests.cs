using System.Text.Json;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Tests.Evaluation;

public sealed class EvaluateTests(Platform platform) : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Platform.Model)]
    [InlineData($"{Platform.Model}@champion")]
    [InlineData($"{Platform.Model}:1")]
    public async Task Evaluate_prints_one_document_with_every_figure(string model)
    {
        var document = await XrayRun.Json<JsonElement>("evaluate", "--model", model, "--images", platform.Films, "--server", platform.Server);
        Assert.Equal(120, document.GetProperty("n").GetInt32());
        var (accuracy, interval) = (document.GetProperty("accuracy").GetDouble(), document.GetProperty("accuracyInterval"));
        Assert.InRange(accuracy, interval.GetProperty("low").GetDouble(), interval.GetProperty("high").GetDouble());
        foreach (var figure in new[] { "macroF1", "macroAuroc", "logLoss", "brierScore", "expectedCalibrationError" })
            Assert.True(double.IsFinite(document.GetProperty(figure).GetDouble()), figure);
        Assert.Equal(
            ["normal", "bacteria", "virus"], document.GetProperty("classes").EnumerateArray().Select(row => row.GetProperty("label").GetString()));
        Assert.All(
            document.GetProperty("classes").EnumerateArray(),
            row => Assert.InRange(row.GetProperty("sensitivity").GetDouble() + row.GetProperty("specificity").GetDouble(), 0, 2));
        var confusion = document.GetProperty("confusion").EnumerateArray()
            .Select(row => row.EnumerateArray().Select(count => count.GetInt32()).ToArray()).ToArray();
        Assert.Equal([40, 40, 40], confusion.Select(row => row.Sum()));
        Assert.Equal(accuracy, (confusion[0][0] + confusion[1][1] + confusion[2][2]) / 120.0, 1e-12);
        Assert.Equal(
            (Platform.Model, 1, 0),
            (
                document.GetProperty("model").GetString(), document.GetProperty("version").GetInt32(),
                document.GetProperty("skipped").GetArrayLength()));
    }

    /// <summary>Trainer, worker, blob store and this verb each preprocess or score on their own path: the figures must agree.</summary>
    [Fact]
    public async Task Evaluate_of_the_pushed_films_agrees_with_the_figures_of_the_run()
    {
        var document = await XrayRun.Json<JsonElement>(
            "evaluate", "--model", Platform.Model, "--images", platform.Films, "--server", platform.Server);
        var evaluation = platform.Run.Evaluation!;
        var right = new[] { evaluation.Train, evaluation.Validation, evaluation.Test }.Sum(report => report.Accuracy * report.N);
        Assert.Equal(right / 120, document.GetProperty("accuracy").GetDouble(), 1.5 / 120); // one film may sit on the edge
    }

    [Fact]
    public async Task Evaluate_skips_what_cannot_be_scored_and_says_why()
    {
        _folder.WritePhantom("NORMAL/IM-0001-0001.jpeg", ImageLabel.Normal, 1);
        _folder.WritePhantom("nameless.jpeg", ImageLabel.Normal, 2);
        _folder.Write("VIRUS/text.jpeg", "no film");
        var run = await XrayRun.Of("evaluate", "--model", Platform.Model, "--images", _folder.Path, "--json", "--server", platform.Server);
        Assert.Equal(0, run.ExitCode);
        var document = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal(1, document.GetProperty("n").GetInt32());
        Assert.Equal(
            ["VIRUS/text.jpeg", "nameless.jpeg"],
            document.GetProperty("skipped").EnumerateArray().Select(film => film.GetProperty("file").GetString()));
        Assert.Contains("nameless.jpeg", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_of_nothing_that_can_be_scored_exits_2()
    {
        _folder.Write("VIRUS/text.jpeg", "no film");
        var run = await XrayRun.Of("evaluate", "--model", Platform.Model, "--images", _folder.Path, "--server", platform.Server);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("VIRUS/text.jpeg", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_through_a_model_that_is_not_there_exits_4()
    {
        Assert.Equal(4, (await XrayRun.Of("evaluate", "--model", "gone", "--images", platform.Films, "--server", platform.Server)).ExitCode);
    }
}
