using System.Diagnostics;
using XrayMlOps.Imaging.Bench;

namespace XrayMlOps.Inference.Bench.Peers;

/// <summary>How many native films a second djpeg decodes on every core, to as few pixels as leave 256 of both sides.</summary>
internal sealed class DecoderRate(Djpeg djpeg, OriginalFilms films)
{
    private const int Side = 256;
    private const int Rounds = 16;

    public double Measure(double seconds)
    {
        // Each time round from another film on, since the processes deal the films out in turn: none of them shall get the large ones always.
        var once = films.Scaled(rounds: 1, Side);
        (string, int)[] all = [.. Enumerable.Range(0, Rounds).SelectMany(round => once.Skip(round % once.Count).Concat(once.Take(round % once.Count)))];
        var started = Stopwatch.GetTimestamp();
        var decoded = 0;
        do
        {
            djpeg.Decode(all, Environment.ProcessorCount);
            decoded += all.Length;
        }
        while (Stopwatch.GetElapsedTime(started).TotalSeconds < seconds);
        return decoded / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
