using System.Globalization;

namespace XrayMlOps.Inference.Bench;

/// <param name="Models">Exported models; the second is what <c>swap</c> swaps to. Those not given are trained.</param>
/// <param name="Seconds">Of an overload; the steady load takes half as long, a measurement without a schedule a twelfth.</param>
/// <param name="Rounds">Repetitions, of which medians are taken.</param>
internal sealed record BenchArguments(IReadOnlyList<string> Parts, IReadOnlyList<string> Models, double Seconds = 60, int Rounds = 3)
{
    public const string Usage = "[throughput | latency | overload | swap | fuzz | coldstart]... [--model FILE [--model FILE]] [--seconds N] [--rounds N]";

    public static readonly IReadOnlyList<string> AllParts = ["throughput", "latency", "overload", "swap", "fuzz", "coldstart"];

    /// <summary>Of one measurement without a schedule.</summary>
    public double ShortSeconds => Seconds / 12;

    /// <summary>Null if the words are none of <see cref="Usage"/>.</summary>
    public static BenchArguments? TryParse(string[] words) => Read(new BenchArguments([], []), words) is { } arguments
        ? arguments.Parts is [] ? arguments with { Parts = AllParts } : arguments
        : null;

    private static BenchArguments? Read(BenchArguments read, ReadOnlySpan<string> words) => words switch
    {
        [] => read,
        ["--model", var file, .. var rest] when read.Models.Count < 2 => Read(read with { Models = [.. read.Models, file] }, rest),
        ["--seconds", var text, .. var rest] when double.TryParse(text, CultureInfo.InvariantCulture, out var seconds) && seconds > 0 =>
            Read(read with { Seconds = seconds }, rest),
        ["--rounds", var text, .. var rest] when int.TryParse(text, CultureInfo.InvariantCulture, out var rounds) && rounds > 0 =>
            Read(read with { Rounds = rounds }, rest),
        [var part, .. var rest] when AllParts.Contains(part) => Read(read with { Parts = [.. read.Parts, part] }, rest),
        _ => null,
    };
}
