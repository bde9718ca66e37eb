using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Cli.Runs.Watching;

/// <summary>Shows a run while it goes on: on a terminal a curve over a bar, which vanish at its end; elsewhere a line every few seconds.</summary>
internal static class RunDisplay
{
    private const int BarWidth = 20, CurveWidth = 64, CurveHeight = 8;

    public static async Task ShowAsync(IAnsiConsole console, TimeProvider time, string title, Func<Action<RunStory>, Task> work)
    {
        if (!console.Profile.Capabilities.Ansi || !console.Profile.Out.IsTerminal)
        {
            await ProgressDisplay.ShowAsync(console, time, title, async progress =>
            {
                await work(story => progress.Report(story.Step()));
                return true;
            });
            return;
        }
        await console.Live(new Text("")).AutoClear(true).StartAsync(live => work(story => live.UpdateTarget(View(console, title, story))));
    }

    public static void WriteCurve(IAnsiConsole console, IReadOnlyList<EpochMetrics> epochs)
    {
        if (Curve(console, epochs) is { } curve) console.WriteWhole(curve.Append("\n"));
    }

    /// <summary>Writes a line that stays, above what vanishes: over the whole width, as what was there before is not wiped away.</summary>
    public static void WriteLine(IAnsiConsole console, string line) => console.WriteLine(console.Profile.Out.IsTerminal ? line.PadRight(console.Profile.Width - 1) : line);

    private static Paragraph View(IAnsiConsole console, string title, RunStory story)
    {
        var step = story.Step();
        var share = Math.Clamp(step.Done / Math.Max(step.Total, double.Epsilon), 0, 1);
        var full = (int)Math.Round(share * BarWidth);
        var view = Curve(console, story.Epochs) is { } curve ? curve.Append("\n") : new Paragraph();
        return view
            .Append($"{title}  ")
            .Append(new string('━', full), new Style(Color.Green))
            .Append(new string('━', BarWidth - full), new Style(Color.Grey23))
            .Append($"  {share,4:0 %}  ")
            .Append(step.Detail, new Style(Color.Grey));
    }

    private static Paragraph? Curve(IAnsiConsole console, IReadOnlyList<EpochMetrics> epochs)
    {
        // A terminal may be narrow; what is redirected has no width of its own.
        var lines = LossCurve.Draw(epochs, Math.Clamp(console.Profile.Width - 14, 16, CurveWidth), CurveHeight);
        if (lines is []) return null;
        var curve = new Paragraph();
        foreach (var line in lines)
        {
            foreach (var character in line) curve.Append(character.ToString(), StyleOf(character));
            if (line != lines[^1]) curve.Append("\n");
        }
        return curve;
    }

    private static Style StyleOf(char character) => character switch
    {
        LossCurve.Validation => new Style(Color.Orange1),
        >= '\u2801' and <= '\u28FF' => new Style(Color.DodgerBlue1),
        _ => new Style(Color.Grey),
    };
}
