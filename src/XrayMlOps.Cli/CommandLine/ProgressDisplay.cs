using Spectre.Console;
using Spectre.Console.Rendering;

namespace XrayMlOps.Cli.CommandLine;

/// <param name="Done">Of <paramref name="Total"/>, in any unit.</param>
/// <param name="Detail">What a person wants to know beside the bar, as plain text.</param>
internal readonly record struct ProgressStep(double Done, double Total, string Detail);

/// <summary>Shows how far work is: a bar on a terminal, elsewhere a line every few seconds. The bar vanishes when the work ends.</summary>
internal static class ProgressDisplay
{
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(5);

    public static async Task<T> ShowAsync<T>(IAnsiConsole console, TimeProvider time, string title, Func<IProgress<ProgressStep>, Task<T>> work)
    {
        if (!console.Profile.Capabilities.Ansi || !console.Profile.Out.IsTerminal) return await work(new Lines(console, time, title));
        var detail = new DetailColumn();
        return await console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 20 }, new PercentageColumn(), detail)
            .StartAsync(context => work(new Bar(context.AddTask(Markup.Escape(title)), detail)));
    }

    private sealed class Bar(ProgressTask task, DetailColumn detail) : IProgress<ProgressStep>
    {
        public void Report(ProgressStep step)
        {
            task.MaxValue = Math.Max(step.Total, double.Epsilon);
            task.Value = step.Done;
            detail.Detail = step.Detail;
        }
    }

    private sealed class DetailColumn : ProgressColumn
    {
        public string Detail { get; set; } = "";

        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(Detail, new Style(Color.Grey));
    }

    private sealed class Lines(IAnsiConsole console, TimeProvider time, string title) : IProgress<ProgressStep>
    {
        private readonly Lock _lock = new();
        private long _last = time.GetTimestamp();
        private string _line = "";

        public void Report(ProgressStep step)
        {
            lock (_lock)
            {
                var line = $"  {title}: {step.Done / Math.Max(step.Total, double.Epsilon):0 %}  {step.Detail}";
                if (line == _line || time.GetElapsedTime(_last) < BetweenLines) return;
                (_last, _line) = (time.GetTimestamp(), line);
                console.WriteLine(line);
            }
        }
    }
}
