using System.Diagnostics;
using XrayMlOps.Imaging.Decoding;

namespace XrayMlOps.Inference.Scheduling;

/// <summary>One thread's way from the bytes of a film to the model's input.</summary>
internal sealed class FilmReading(FilmDecoder decoder)
{
    /// <summary>Answers whether the film is ready to be scored; otherwise it has ended.</summary>
    public bool Read(FilmWork work)
    {
        var started = Stopwatch.GetTimestamp();
        if (work.EndsUnserved(started)) return false;
        FilmDecodeResult decoded;
        try
        {
            decoded = decoder.Decode(work.Encoded.GetValueOrDefault().Span, work.Session.Preprocessing, work.Pixels.Span);
            if (decoded.Succeeded) work.TakePixels();
        }
        // Whatever it is, it is this film's alone: the thread goes on with the next.
        catch (Exception failure)
        {
            work.Failed(failure);
            return false;
        }
        work.Decoded = decoded;
        work.Ready = Stopwatch.GetTimestamp();
        work.Decoding = Stopwatch.GetElapsedTime(started, work.Ready);
        if (decoded.Succeeded) return true;
        // From here on it is another's, who may use it for another film already.
        work.Refused();
        return false;
    }
}
