using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Predictions;

namespace XrayMlOps.Cli.Predictions;

/// <summary>Shows a prediction to a person: a bar a class.</summary>
internal static class PredictionView
{
    private const int BarWidth = 30;

    /// <param name="truth">What the film shows, where that is known.</param>
    /// <param name="heatMap">The file with the picture of where the answer comes from, if there is one.</param>
    public static void WritePrediction(this IAnsiConsole console, string file, PredictionResponse prediction, ImageLabel? truth = null, string? heatMap = null)
    {
        console.MarkupLineInterpolated($"[bold]{prediction.Label.Name()}[/]  {file}");
        var grid = new Grid()
            .AddColumn(new GridColumn().NoWrap().Padding(2, 0, 2, 0)).AddColumn(new GridColumn { Alignment = Justify.Right }.NoWrap())
            .AddColumn(new GridColumn().NoWrap());
        foreach (var name in ImageLabels.Names)
        {
            var probability = prediction.Probabilities.GetValueOrDefault(name);
            var bar = new Text(
                new string('█', (int)Math.Round(BarWidth * probability)), new Style(name == prediction.Label.Name() ? Color.Green : Color.Grey));
            grid.AddRow(new Text(name), new Text($"{100 * probability:0.0} %"), bar);
        }
        console.WriteWhole(grid);
        var (model, timing) = (prediction.Model, prediction.Timing);
        console.WriteFacts(
            ("In truth", truth is { } label ? $"{label.Name()}: the answer is {(label == prediction.Label ? "right" : "wrong")}" : null),
            ("Doubtful", prediction is { Abstain: true, OperatingPoint: { } point }
                ? $"below {100 * point.Confidence:0.0} %, from which {100 * point.TargetAccuracy:0} % of the answers are right: leave it to a human"
                : null),
            ("Heat map", heatMap),
            ("Model", $"{model.Name}:{model.Version} (sha256:{Figures.Short(model.Digest)})"),
            ("Time", $"{timing.TotalMs:0.0} ms (queue {timing.QueueMs:0.0}, decode {timing.DecodeMs:0.0}, network {timing.RunMs:0.0})"),
            ("Prediction", prediction.Id.ToString()));
    }
}
