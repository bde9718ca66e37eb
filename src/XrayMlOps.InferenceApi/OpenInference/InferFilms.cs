using System.Buffers;
using System.Buffers.Binary;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Inference;
using XrayMlOps.Inference.Scheduling;
using XrayMlOps.InferenceApi.Predictions;

namespace XrayMlOps.InferenceApi.OpenInference;

/// <summary>The films of one request, each a tensor in its work's buffer or an encoded film, until this is disposed of.</summary>
internal sealed class InferFilms : IDisposable
{
    private readonly List<FilmWork> _works;
    private readonly List<ReadOnlyMemory<byte>> _encoded = [];
    private readonly string[] _digests;
    private PooledBytes? _bytes;

    public InferFilms(InferenceEngine engine, ModelSession session, InferInput input, int count)
    {
        (IsEncoded, IsGrey) = (input.Name == InferInput.Images, input.Datatype == InferInput.Grey);
        _digests = IsEncoded ? [] : new string[count];
        _works = new List<FilmWork>(count);
        while (_works.Count < count) _works.Add(engine.Rent(session));
    }

    public IReadOnlyList<FilmWork> Works => _works;

    public bool IsEncoded { get; }

    /// <summary>Whether they are tensors of <see cref="InferInput.Grey"/> values.</summary>
    public bool IsGrey { get; }

    /// <summary>Of one film's tensor.</summary>
    public int TensorBytes => Tensor(0).Length;

    /// <summary>
    /// Names a film in the log: the SHA-256 of its bytes, if it is encoded; of its grey values, a byte each, if it is a tensor, so that the same film has the same
    /// name whatever number type it comes in, and hashing costs a quarter.
    /// </summary>
    public string DigestOf(int film) => IsEncoded ? Digest.Of(_encoded[film].Span) : _digests[film];

    /// <summary>Where the bytes of a film's tensor go, which <see cref="Received"/> is to be told then.</summary>
    public Memory<byte> Tensor(int film) => IsGrey ? _works[film].Pixels : _works[film].FilmBytes;

    /// <summary>Reads the tensor's name off while its bytes are still in the processor's cache.</summary>
    public void Received(int film)
    {
        var work = _works[film];
        if (IsGrey)
        {
            _digests[film] = Digest.Of(work.Pixels.Span);
            work.TakePixels();
            return;
        }
        var tensor = work.Film.Span;
        var pixels = ArrayPool<byte>.Shared.Rent(tensor.Length);
        PixelNormalisation.ToPixels(tensor, pixels.AsSpan(0, tensor.Length));
        _digests[film] = Digest.Of(pixels.AsSpan(0, tensor.Length));
        ArrayPool<byte>.Shared.Return(pixels);
    }

    /// <summary>Takes encoded films, one after the other, each with its length, four bytes little-endian, before it.</summary>
    /// <param name="bytes">Owned by this from now on; null if something else keeps <paramref name="films"/>.</param>
    public void Split(ReadOnlyMemory<byte> films, PooledBytes? bytes = null)
    {
        _bytes = bytes;
        foreach (var film in Enumerable.Range(1, _works.Count))
        {
            if (films.Length < sizeof(int)) throw Short(film);
            var length = BinaryPrimitives.ReadUInt32LittleEndian(films.Span);
            if (length > films.Length - sizeof(int)) throw Short(film);
            Add(films.Slice(sizeof(int), (int)length));
            films = films[(sizeof(int) + (int)length)..];
        }
        if (films.Length > 0) throw InferException.Bad($"Input '{InferInput.Images}' has {films.Length} bytes more than its {_works.Count} films.");
    }

    public void Add(ReadOnlyMemory<byte> encoded) => _encoded.Add(encoded);

    /// <summary>Starts scoring one.</summary>
    public ValueTask<FilmOutcome> ScoreAsync(int film, InferenceEngine engine, bool explains, long deadline, CancellationToken cancellationToken) => IsEncoded
        ? engine.ScoreAsync(_works[film], _encoded[film], explains, deadline, cancellationToken)
        : engine.ScoreAsync(_works[film], explains, deadline, cancellationToken);

    public void Dispose()
    {
        foreach (var work in _works) work.Dispose();
        _bytes?.Dispose();
    }

    private InferException Short(int film) => InferException.Bad($"Input '{InferInput.Images}' ends within film {film} of {_works.Count}: each is its length, four bytes little-endian, and its bytes.");
}
