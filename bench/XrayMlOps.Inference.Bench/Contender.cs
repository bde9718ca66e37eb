using XrayMlOps.Inference.Bench.Load;

namespace XrayMlOps.Inference.Bench;

/// <param name="Rate">Films a second.</param>
/// <param name="Median">Of the latency, in milliseconds; NaN where nothing was asked.</param>
/// <param name="P99">Likewise.</param>
/// <param name="Clients">Cores that the clients took; likewise.</param>
internal sealed record Figures(double Rate, double Median = double.NaN, double P99 = double.NaN, double Clients = double.NaN)
{
    public static Figures Of(ClosedLoop loop) => new(loop.Rate, loop.Samples.Median, loop.Samples.P99, loop.GeneratorCores);
}

/// <summary>One of those that are compared.</summary>
/// <param name="Measure">Takes about as many seconds as it is told.</param>
internal sealed record Contender(string Name, Func<double, Figures> Measure)
{
    /// <summary>A server, asked by clients.</summary>
    public static Contender Asked(string name, Func<double, ClosedLoop> ask) =>
        new(name, seconds => Figures.Of(ask(seconds)));

    /// <summary>Work that no one asks for.</summary>
    public static Contender Alone(string name, Func<double, double> rate) => new(name, seconds => new Figures(rate(seconds)));

    /// <summary>Measures each in every round, so that what else the machine does meets all alike. Prints the medians and answers them, in order.</summary>
    public static IReadOnlyList<Figures> TakeTurns(IReadOnlyList<Contender> all, int rounds, double seconds)
    {
        var measured = all.Select(_ => new List<Figures>()).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (i, contender) in all.Index()) measured[i].Add(contender.Measure(seconds));
        }
        Console.WriteLine($"medians of {rounds} rounds that take turns");
        return [.. all.Zip(measured, (contender, figures) => contender.Print(Median(figures)))];
    }

    private static Figures Median(List<Figures> figures) => new(
        Verdicts.Median(figures.Select(one => one.Rate)), Verdicts.Median(figures.Select(one => one.Median)), Verdicts.Median(figures.Select(one => one.P99)),
        Verdicts.Median(figures.Select(one => one.Clients)));

    private Figures Print(Figures figures)
    {
        Console.WriteLine($"  {Name,-50}{figures.Rate,8:n1} films/s{(double.IsNaN(figures.P99) ? "" : $", median {figures.Median:n1} ms, p99 {figures.P99:n1} ms; the clients took {figures.Clients:n2} cores")}");
        return figures;
    }
}
