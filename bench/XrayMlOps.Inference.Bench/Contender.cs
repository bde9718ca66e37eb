using XrayMlOps.Inference.Bench.Load;

namespace XrayMlOps.Inference.Bench;

/// <param name="Rate">Films a second.</param>
/// <param name="Latency">None where nothing was asked.</param>
/// <param name="Clients">Cores that the clients took; NaN where there are none.</param>
internal sealed record Figures(double Rate, Samples Latency, double Clients)
{
    public static Figures Of(ClosedLoop loop) => new(loop.Rate, loop.Samples, loop.GeneratorCores);

    public static Figures Alone(double rate) => new(rate, new Samples([]), double.NaN);
}

/// <summary>One of those that are compared.</summary>
/// <param name="Measure">Takes about as many seconds as it is told.</param>
internal sealed record Contender(string Name, Func<double, Figures> Measure)
{
    /// <summary>A server, asked by clients.</summary>
    public static Contender Asked(string name, Func<double, ClosedLoop> ask) =>
        new(name, seconds => Figures.Of(ask(seconds)));

    /// <summary>Work that no one asks for.</summary>
    public static Contender Alone(string name, Func<double, double> rate) => new(name, seconds => Figures.Alone(rate(seconds)));
}
