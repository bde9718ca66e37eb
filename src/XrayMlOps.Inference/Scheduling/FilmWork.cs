using System.Diagnostics;
using System.Threading.Tasks.Sources;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Evaluation;
using XrayMlOps.Imaging.Decoding;

namespace XrayMlOps.Inference.Scheduling;

/// <summary>What became of a film.</summary>
public enum FilmOutcome
{
    /// <summary>Its probabilities are there.</summary>
    Scored,

    /// <summary>It could not be read; <see cref="FilmWork.Decoded"/> says why.</summary>
    Refused,

    /// <summary>Too many films are waiting.</summary>
    Busy,

    /// <summary>Its deadline passed before it was computed.</summary>
    Expired,

    /// <summary>The model's answer is no probability distribution: its input is none of a film, or its weights overflow.</summary>
    Undefined,
}

/// <summary>
/// One film on its way through an <see cref="InferenceEngine"/>, with the buffers it needs there. It is rented from the engine, used for one film by
/// one caller, and goes back, buffers and all, when it is disposed of, which must wait until it is scored.
/// </summary>
public sealed class FilmWork : IValueTaskSource<FilmOutcome>, IDisposable
{
    private readonly InferenceEngine _engine;
    private readonly float[] _probabilities = new float[ImageLabels.Count];
    private ManualResetValueTaskSourceCore<FilmOutcome> _done;
    private int _isRented;

    internal FilmWork(InferenceEngine engine, bool runContinuationsAsynchronously)
    {
        _engine = engine;
        _done.RunContinuationsAsynchronously = runContinuationsAsynchronously;
    }

    /// <summary>Scores it; the caller's lease on it must outlast the work.</summary>
    public ModelSession Session { get; private set; } = null!;

    /// <summary>The model's input, float32 <c>[H, W]</c>: written by the caller, or by the engine from an encoded film.</summary>
    public Memory<float> Film => Place.Block.Floats(Place.Index, Session.FilmLength);

    /// <summary>The bytes of <see cref="Film"/>, in the machine's order.</summary>
    public Memory<byte> FilmBytes => Place.Block.Bytes(Place.Index, Session.FilmLength);

    /// <summary>Where the film's grey values, a byte each, may be put for <see cref="TakePixels"/>: the last quarter of <see cref="FilmBytes"/>.</summary>
    public Memory<byte> Pixels => FilmBytes[^Session.FilmLength..];

    /// <summary>In the order of <see cref="ImageLabels"/>, summing to 1, once scored.</summary>
    public ReadOnlyMemory<float> Probabilities => _probabilities;

    /// <summary>The most probable class, once scored.</summary>
    public ImageLabel Label => (ImageLabel)Evaluator.ArgMax(_probabilities);

    /// <summary>Whether <see cref="Label"/> is less probable than the model's operating point asks for.</summary>
    public bool Abstains => Session.OperatingPoint is { } point && _probabilities[(int)Label] < point.Confidence;

    /// <summary><c>[1, 3, h, w]</c>, once scored, if it was asked for.</summary>
    public ClassActivation? Activation { get; internal set; }

    /// <summary>The encoded film's header, or why it was refused.</summary>
    public FilmDecodeResult Decoded { get; internal set; }

    /// <summary>Waiting for a thread, twice if the film was decoded.</summary>
    public TimeSpan Queued => Stopwatch.GetElapsedTime(Arrived, RunStarted) - Decoding;

    /// <summary>Decoding, resampling and normalising.</summary>
    public TimeSpan Decoding { get; internal set; }

    /// <summary>In the network: the whole batch that this film was part of.</summary>
    public TimeSpan Running { get; internal set; }

    /// <summary>Films that were scored in the same run.</summary>
    public int Batch { get; internal set; }

    /// <summary>Of <see cref="Film"/>.</summary>
    internal FilmPlace Place { get; private set; } = new(FilmBlock.None, 0);

    internal bool Explains { get; private set; }

    /// <summary>Null where the caller wrote <see cref="Film"/>.</summary>
    internal ReadOnlyMemory<byte>? Encoded { get; private set; }

    internal CancellationToken Cancellation { get; private set; }

    /// <summary>By <see cref="Stopwatch.GetTimestamp"/>, as are the others.</summary>
    internal long Deadline { get; private set; }

    internal long Arrived { get; private set; }

    internal long Ready { get; set; }

    internal long RunStarted { get; set; }

    internal void Prepare(ModelSession session, FilmPlaces places)
    {
        _done.Reset();
        _isRented = 1;
        Session = session;
        if (Place.Block.Length < session.FilmLength) Place = places.Next(session.FilmLength);
        (Activation, Decoded, Decoding, Running, RunStarted) = (null, default, default, default, 0);
    }

    internal void Begin(bool explains, ReadOnlyMemory<byte>? encoded, long deadline, CancellationToken cancellation)
    {
        (Explains, Encoded, Deadline, Cancellation) = (explains, encoded, deadline, cancellation);
        Arrived = Ready = RunStarted = Stopwatch.GetTimestamp();
    }

    internal ValueTask<FilmOutcome> Done => new(this, _done.Version);

    /// <summary>Ends it without computing it if nobody waits for the answer any more.</summary>
    internal bool EndsUnserved(long now)
    {
        if (Cancellation.IsCancellationRequested) _done.SetException(new OperationCanceledException(Cancellation));
        else if (now > Deadline) _done.SetResult(FilmOutcome.Expired);
        else return false;
        return true;
    }

    internal void Scored(ReadOnlySpan<float> probabilities)
    {
        probabilities.CopyTo(_probabilities);
        _done.SetResult(ModelSession.IsDistribution(probabilities) ? FilmOutcome.Scored : FilmOutcome.Undefined);
    }

    internal void Refused() => _done.SetResult(FilmOutcome.Refused);

    internal void Failed(Exception failure) => _done.SetException(failure);

    /// <summary>Makes <see cref="Film"/> of <see cref="Pixels"/>, which it overwrites.</summary>
    public void TakePixels() => PixelNormalisation.ToUnit(Pixels.Span, Film.Span);

    /// <summary>Gives it back to the engine.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isRented, 0) == 1) _engine.Return(this);
    }

    FilmOutcome IValueTaskSource<FilmOutcome>.GetResult(short token) => _done.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<FilmOutcome>.GetStatus(short token) => _done.GetStatus(token);

    void IValueTaskSource<FilmOutcome>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _done.OnCompleted(continuation, state, token, flags);
}
