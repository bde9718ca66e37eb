using XrayMlOps.Inference.Bench.Load;

namespace XrayMlOps.Inference.Bench;

/// <summary>
/// What contenders did who took turns. The turns are short and many, so that what else the machine does meets all alike, and each has an order of its
/// own, so that nobody always comes after the same one; figures are compared within a turn, of which the median counts.
/// </summary>
internal sealed class Turns
{
    private const double LongestSeconds = 1;

    private readonly List<Figures[]> _turns = [];

    private Turns()
    {
    }

    /// <summary>Measures each for <see cref="BenchArguments.Rounds"/> times <see cref="BenchArguments.ShortSeconds"/> in all, and prints the medians.</summary>
    public static Turns Take(IReadOnlyList<Contender> contenders, BenchArguments arguments)
    {
        var seconds = Math.Min(LongestSeconds, arguments.ShortSeconds);
        var count = (int)Math.Ceiling(arguments.Rounds * arguments.ShortSeconds / seconds);
        Turns turns = new();
        while (turns._turns.Count < count)
        {
            var turn = new Figures[contenders.Count];
            foreach (var number in Enumerable.Range(0, turn.Length).Shuffle()) turn[number] = contenders[number].Measure(seconds);
            turns._turns.Add(turn);
        }
        Console.WriteLine($"medians of {count} turns of {seconds:n1} s");
        foreach (var (i, contender) in contenders.Index()) turns.Print(i, contender.Name);
        return turns;
    }

    /// <summary>The median of what each turn's figures, in the order of the contenders, come to.</summary>
    public double Median(Func<IReadOnlyList<Figures>, double> ofTurn) => Verdicts.Median(_turns.Select(ofTurn));

    /// <summary>The median of a contender's films a second.</summary>
    public double Rate(int contender) => Median(turn => turn[contender].Rate);

    /// <summary>Of all turns of a contender.</summary>
    public Samples Latency(int contender) => Samples.Of(_turns.Select(turn => turn[contender].Latency));

    private void Print(int contender, string name)
    {
        var latency = Latency(contender);
        var asked = latency.Count == 0
            ? ""
            : $", median {latency.Median:n1} ms, p99 {latency.P99:n1} ms; the clients took {Median(turn => turn[contender].Clients):n2} cores";
        Console.WriteLine($"  {name,-42}{Rate(contender),8:n1} films/s{asked}");
    }
}
