using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using XrayMlOps.Inference.Bench.Load;
using XrayMlOps.Inference.Bench.Serving;

namespace XrayMlOps.Inference.Bench;

/// <summary>Asks for predictions while models are swapped, and counts what comes back.</summary>
/// <param name="expected">By version, from 1, and film.</param>
internal sealed class SwapTally(IReadOnlyList<IReadOnlyList<float[]>> expected, double tolerance)
{
    private int _asked, _answered, _wrong, _newest;
    private volatile bool _finish;

    public int Answered => Volatile.Read(ref _answered);

    /// <summary>Answers whose probabilities are not those of the version that they name.</summary>
    public int Wrong => Volatile.Read(ref _wrong);

    /// <summary>The version that the last answer named.</summary>
    public int Newest => Volatile.Read(ref _newest);

    public ConcurrentDictionary<string, int> Failures { get; } = [];

    /// <summary>Lets <see cref="Ask"/> end as soon as enough has been asked.</summary>
    public void Finish() => _finish = true;

    public void Ask(Uri host, Workload tensors, int atLeast)
    {
        using HttpConnection connection = new(host);
        for (int i; (i = Interlocked.Increment(ref _asked) - 1) < atLeast || !_finish;)
        {
            var film = i % tensors.Requests.Count;
            try
            {
                Count(connection.Exchange(tensors.Requests[film]), film);
            }
            catch (Exception failure) when (failure is IOException or SocketException or InvalidDataException)
            {
                Fail(failure.Message);
            }
            Interlocked.Increment(ref _answered);
        }
    }

    private void Count(HttpAnswer answer, int film)
    {
        if (answer.Status != 200)
        {
            Fail($"{answer.Status}: {Encoding.UTF8.GetString(answer.Body)}");
            return;
        }
        var (version, probabilities) = TensorAnswer.Read(answer);
        if (version < 1 || version > expected.Count || Swap.Distance(probabilities, expected[version - 1][film]) > tolerance) Interlocked.Increment(ref _wrong);
        Volatile.Write(ref _newest, version);
    }

    private void Fail(string why) => Failures.AddOrUpdate(why, 1, (_, times) => times + 1);
}
