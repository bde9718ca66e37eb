namespace XrayMlOps.Cli.CommandLine;

/// <summary>How fast films go by, over the last seconds, and how long the rest will take. Safe to call from several threads.</summary>
internal sealed class Pace(TimeProvider time)
{
    private static readonly TimeSpan s_betweenMarks = TimeSpan.FromMilliseconds(500);
    private const int MarksKept = 20;

    private readonly Lock _lock = new();
    private readonly Queue<(long At, long Films, long Bytes)> _marks = new([(time.GetTimestamp(), 0, 0)]);
    private long _last = time.GetTimestamp();

    /// <summary>As in <c>1,200 of 5,232 films  340/s  2.1 MB/s  12 s left</c>.</summary>
    /// <param name="bytes">0 if they are not what takes time.</param>
    public ProgressStep Step(long films, long total, long bytes = 0)
    {
        lock (_lock)
        {
            var (at, filmsThen, bytesThen) = _marks.Peek();
            var seconds = time.GetElapsedTime(at).TotalSeconds;
            if (time.GetElapsedTime(_last) > s_betweenMarks)
            {
                _last = time.GetTimestamp();
                _marks.Enqueue((_last, films, bytes));
                if (_marks.Count > MarksKept) _marks.Dequeue();
            }
            var detail = $"{Figures.Count(films)} of {Figures.Count(total, "film")}";
            if (seconds < s_betweenMarks.TotalSeconds || films <= filmsThen) return new ProgressStep(films, total, detail);
            var rate = (films - filmsThen) / seconds;
            var size = bytes > bytesThen ? $"  {Figures.Size((long)((bytes - bytesThen) / seconds))}/s" : "";
            return new ProgressStep(films, total, $"{detail}  {rate:N0}/s{size}  {Figures.Duration(TimeSpan.FromSeconds((total - films) / rate))} left");
        }
    }
}
