using System.Diagnostics;
using XrayMlOps.Imaging.Bench;

namespace XrayMlOps.Inference.Bench.Peers;

/// <summary>How many native films a second djpeg decodes on every core, to as few pixels as leave 256 of both sides.</summary>
internal sealed class DecoderRate(Djpeg djpeg, OriginalFilms films)
{
    private const int Side = 256;
    private const int Rounds = 4;

    public double Measure(double seconds)
    {
        var started = Stopwatch.GetTimestamp();
        var decoded = 0;
        do
        {
            djpeg.Decode(films.Scaled(Rounds, Side), Environment.ProcessorCount);
            decoded += Rounds * films.Count;
        }
        while (Stopwatch.GetElapsedTime(started).TotalSeconds < seconds);
        return decoded / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
