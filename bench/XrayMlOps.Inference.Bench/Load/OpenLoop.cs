using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace XrayMlOps.Inference.Bench.Load;

/// <summary>
/// Requests at a constant rate, whether or not the earlier ones are answered. Latency counts from the moment at which a request was due, so
/// that a server which stalls does not hide the requests that it kept from being sent (coordinated omission, as Gil Tene calls it).
/// </summary>
/// <param name="Start">When the first request was due, by <see cref="Stopwatch.GetTimestamp"/>.</param>
/// <param name="Accepted">Those answered with 200.</param>
/// <param name="Refused">Those answered with 429 or 503 and a <c>Retry-After</c>.</param>
/// <param name="Failures">How often each other thing happened.</param>
/// <param name="Draining">Seconds from when the last request was due to the last answer.</param>
/// <param name="WorstDelay">Longest time in milliseconds by which a request was sent too late, since the clients could not keep up.</param>
internal sealed record OpenLoop(
    long Start, Samples Accepted, int Refused, IReadOnlyDictionary<string, int> Failures, double Draining, double WorstDelay)
{
    /// <param name="connections">The most requests that can be under way at once.</param>
    public static OpenLoop Run(Uri server, IReadOnlyList<byte[]> requests, double rate, double seconds, int connections)
    {
        var accepted = new List<Sample>[connections];
        ConcurrentDictionary<string, int> failures = [];
        var (count, next, refused) = ((int)(rate * seconds), -1, 0);
        var delays = new double[connections];
        var start = Stopwatch.GetTimestamp() + Stopwatch.Frequency / 5; // when all threads are up
        Crew.Run(connections, number =>
        {
            using HttpConnection connection = new(server);
            List<Sample> mine = accepted[number] = [];
            for (int i; (i = Interlocked.Increment(ref next)) < count;)
            {
                var due = start + (long)(i / rate * Stopwatch.Frequency);
                LinuxClock.SleepUntil(due);
                delays[number] = Math.Max(delays[number], Stopwatch.GetElapsedTime(due).TotalMilliseconds);
                var problem = Problem(connection, requests[i % requests.Count], out var wasRefused);
                if (problem is not null) failures.AddOrUpdate(problem, 1, (_, times) => times + 1);
                else if (wasRefused) Interlocked.Increment(ref refused);
                else mine.Add(new Sample(Stopwatch.GetElapsedTime(start).TotalSeconds, Stopwatch.GetElapsedTime(due).TotalMilliseconds));
            }
        });
        var draining = Stopwatch.GetElapsedTime(start).TotalSeconds - count / rate;
        return new OpenLoop(start, new Samples(accepted.SelectMany(mine => mine)), refused, failures, draining, delays.Max());
    }

    public void Print(string load)
    {
        Console.WriteLine($"  {load}: {Accepted.Count} accepted, {Refused} refused; sent at most {WorstDelay:n1} ms late");
        Console.WriteLine($"  the accepted: median {Accepted.Median:n1} ms, p99 {Accepted.P99:n1} ms, longest {Accepted.Longest:n1} ms");
        foreach (var (failure, times) in Failures) Console.WriteLine($"  {times} times: {failure}");
    }

    private static string? Problem(HttpConnection connection, byte[] request, out bool refused)
    {
        refused = false;
        try
        {
            var answer = connection.Exchange(request);
            refused = answer is { Status: 429 or 503, HasRetryAfter: true };
            if (refused || answer.Status == 200) return null;
            return answer.Status is 429 or 503 ? $"{answer.Status} without Retry-After" : $"{answer.Status}: {Encoding.UTF8.GetString(answer.Body)}";
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            return failure.Message;
        }
    }
}
