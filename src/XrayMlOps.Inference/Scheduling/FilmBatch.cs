using System.Diagnostics;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Inference.Scheduling;

/// <summary>One thread's runs: films of one model side by side in one tensor.</summary>
internal sealed class FilmBatch(int largest)
{
    private readonly float[] _probabilities = new float[largest * ImageLabels.Count];
    private float[] _films = [];

    /// <summary>Scores films of one model, all or none to be explained, and ends each.</summary>
    /// <returns>How many were computed, since the others had been given up or came too late, and how long that took, without what awaited them.</returns>
    public (int Films, TimeSpan Took) Run(List<FilmWork> films)
    {
        var started = Stopwatch.GetTimestamp();
        films.RemoveAll(work => work.EndsUnserved(started));
        if (films.Count == 0) return default;
        foreach (var work in films) (work.RunStarted, work.Batch) = (started, films.Count);
        var probabilities = _probabilities.AsMemory(0, films.Count * ImageLabels.Count);
        ClassActivation? activation = null;
        try
        {
            var input = SideBySide(films);
            if (films[0].Explains) activation = films[0].Session.Explain(input, probabilities);
            else films[0].Session.Predict(input, probabilities);
        }
        // Whatever it is, it is these films' alone: the thread goes on with the next.
        catch (Exception failure)
        {
            foreach (var work in films) work.Failed(failure);
            return default;
        }
        var took = Stopwatch.GetElapsedTime(started);
        foreach (var (index, work) in films.Index())
        {
            work.Running = took;
            work.Activation = activation?.Of(index);
            work.Scored(probabilities.Span.Slice(index * ImageLabels.Count, ImageLabels.Count));
        }
        return (films.Count, took);
    }

    /// <summary>The films as one tensor, in the order in which the list has them then.</summary>
    private Memory<float> SideBySide(List<FilmWork> films)
    {
        if (films is [var only]) return only.Film;
        var length = films[0].Session.FilmLength;
        films.Sort(static (one, other) => one.Place.Index.CompareTo(other.Place.Index));
        if (LieSideBySide(films, length)) return films[0].Place.Block.Floats(films[0].Place.Index, films.Count * length);
        if (_films.Length < largest * length) _films = GC.AllocateUninitializedArray<float>(largest * length, pinned: true);
        foreach (var (index, work) in films.Index()) work.Film.CopyTo(_films.AsMemory(index * length));
        return _films.AsMemory(0, films.Count * length);
    }

    private static bool LieSideBySide(List<FilmWork> films, int length)
    {
        var (block, first) = films[0].Place;
        if (block.Length != length) return false;
        for (var next = 1; next < films.Count; next++)
        {
            if (films[next].Place != new FilmPlace(block, first + next)) return false;
        }
        return true;
    }
}
