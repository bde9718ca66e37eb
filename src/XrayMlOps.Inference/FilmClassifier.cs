using System.Buffers;
using System.Diagnostics;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Imaging.Decoding;

namespace XrayMlOps.Inference;

/// <summary>
/// Bytes of a film in, its class out: decoding, resampling, normalisation and the network, on the caller's thread. Safe to share
/// between threads; buffers are pooled.
/// </summary>
public sealed class FilmClassifier(FilmDecoder decoder)
{
    /// <summary>Throws <see cref="InvalidOperationException"/> if the model's answer for this film is no probability distribution.</summary>
    /// <param name="session">Says how the film is preprocessed, and scores it.</param>
    /// <param name="film">A whole JPEG, PNG or DICOM file.</param>
    /// <param name="cancellationToken">Looked at before each step; a step that has begun is finished.</param>
    public FilmClassification Classify(ModelSession session, ReadOnlySpan<byte> film, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var length = session.FilmLength;
        var pixels = ArrayPool<byte>.Shared.Rent(length);
        var floats = ArrayPool<float>.Shared.Rent(length);
        try
        {
            var started = Stopwatch.GetTimestamp();
            var decoded = decoder.Decode(film, session.Preprocessing, pixels.AsSpan(0, length));
            if (!decoded.Succeeded) return FilmClassification.Refused(decoded, Stopwatch.GetElapsedTime(started));
            PixelNormalisation.ToUnit(pixels.AsSpan(0, length), floats.AsSpan(0, length));
            var ready = Stopwatch.GetTimestamp();

            cancellationToken.ThrowIfCancellationRequested();
            var probabilities = new float[ImageLabels.Count];
            session.Predict(floats.AsMemory(0, length), probabilities);
            if (!ModelSession.IsDistribution(probabilities))
                throw new InvalidOperationException($"The model answers [{string.Join(", ", probabilities)}], which are no probabilities: its weights overflow on this film.");
            return FilmClassification.Of(decoded, probabilities, Stopwatch.GetElapsedTime(started, ready), Stopwatch.GetElapsedTime(ready));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(pixels);
            ArrayPool<float>.Shared.Return(floats);
        }
    }
}

/// <summary>Either what the model says of a film, or why the film could not be read.</summary>
public sealed record FilmClassification
{
    private FilmClassification(FilmDecodeResult film, IReadOnlyList<float> probabilities, TimeSpan decoding, TimeSpan running) =>
        (Film, Probabilities, Decoding, Running) = (film, probabilities, decoding, running);

    /// <summary>The original's header, or the reason why it was refused.</summary>
    public FilmDecodeResult Film { get; }

    /// <summary>In the order of <see cref="ImageLabels"/>, summing to 1; empty if the film was refused.</summary>
    public IReadOnlyList<float> Probabilities { get; }

    /// <summary>The most probable class; meaningful only if <see cref="FilmDecodeResult.Succeeded"/> holds for <see cref="Film"/>.</summary>
    public ImageLabel Label { get; private init; }

    /// <summary>Time spent on decoding, resampling and normalising.</summary>
    public TimeSpan Decoding { get; }

    /// <summary>Time spent in the network.</summary>
    public TimeSpan Running { get; }

    internal static FilmClassification Refused(FilmDecodeResult film, TimeSpan decoding) => new(film, [], decoding, TimeSpan.Zero);

    internal static FilmClassification Of(FilmDecodeResult film, float[] probabilities, TimeSpan decoding, TimeSpan running) =>
        new(film, probabilities, decoding, running) { Label = (ImageLabel)Array.IndexOf(probabilities, probabilities.Max()) };
}
