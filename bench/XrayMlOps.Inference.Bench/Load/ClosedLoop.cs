using System.Diagnostics;
using System.Text;

namespace XrayMlOps.Inference.Bench.Load;

/// <summary>As many clients as connections, each of which sends its next request when the last one is answered.</summary>
/// <param name="Rate">Answers a second.</param>
/// <param name="GeneratorCores">Processor time that the clients took, as a share of the time that went by.</param>
internal sealed record ClosedLoop(double Rate, double GeneratorCores, Samples Samples)
{
    private const double WarmUpSeconds = 0.5;

    /// <summary>Sends the requests in turn, for so long. Throws if one is answered with anything but 200.</summary>
    /// <param name="warmUp">Seconds that do not count, at the start.</param>
    public static ClosedLoop Run(Uri server, IReadOnlyList<byte[]> requests, int connections, double seconds, double warmUp = WarmUpSeconds)
    {
        var samples = new List<Sample>[connections];
        var (next, total) = (-1, warmUp + seconds);
        var (start, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        Crew.Run(connections, number =>
        {
            using HttpConnection connection = new(server);
            List<Sample> mine = samples[number] = [];
            while (Stopwatch.GetElapsedTime(start).TotalSeconds < total)
            {
                var sent = Stopwatch.GetTimestamp();
                var answer = connection.Exchange(requests[Interlocked.Increment(ref next) % requests.Count]);
                if (answer.Status != 200) throw new InvalidOperationException($"{server} answered {answer.Status}: {Encoding.UTF8.GetString(answer.Body)}");
                mine.Add(new Sample(Stopwatch.GetElapsedTime(start).TotalSeconds, Stopwatch.GetElapsedTime(sent).TotalMilliseconds));
            }
        });
        var cores = (Environment.CpuUsage.TotalTime - processor) / Stopwatch.GetElapsedTime(start);
        Samples all = new(samples.SelectMany(mine => mine));
        return new ClosedLoop(all.Rate(warmUp, total), cores, all.From(warmUp));
    }
}
