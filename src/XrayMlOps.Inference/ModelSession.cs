using Microsoft.ML.OnnxRuntime;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Preprocessing;
using ModelMetadata = XrayMlOps.Core.Models.ModelMetadata;

namespace XrayMlOps.Inference;

/// <summary>
/// One loaded ONNX model: films <c>[N, 1, H, W]</c> in, class probabilities <c>[N, 3]</c> out. Any number of threads may predict
/// at once; a run uses <see cref="ModelSessionOptions.ThreadsPerRun"/> threads.
/// </summary>
public sealed class ModelSession : IDisposable
{
    private static readonly string[] s_inputs = [ModelMetadata.FilmsInput];
    private static readonly string[] s_outputs = [ModelMetadata.ProbabilitiesOutput];

    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private bool _disposed;

    private ModelSession(InferenceSession session, PreprocessingSpec preprocessing)
    {
        _session = session;
        Preprocessing = preprocessing;
        PreprocessingHash = preprocessing.Hash();
        Metadata = session.ModelMetadata.CustomMetadataMap;
    }

    /// <summary>How a film becomes the model's input; this build can honour it.</summary>
    public PreprocessingSpec Preprocessing { get; }

    /// <summary><see cref="PreprocessingSpec.Hash"/> of <see cref="Preprocessing"/>.</summary>
    public string PreprocessingHash { get; }

    /// <summary>What the file says of itself, by the keys of <see cref="ModelMetadata"/>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Floats of one film: H x W.</summary>
    public int FilmLength => Preprocessing.Height * Preprocessing.Width;

    /// <summary>Loads a model. Throws <see cref="ModelRefusedException"/>, naming every reason, if this build cannot serve it.</summary>
    /// <param name="onnx">The whole file; verify its digest first.</param>
    public static ModelSession Load(byte[] onnx, ModelSessionOptions? options = null)
    {
        using var native = (options ?? new ModelSessionOptions()).ToNative();
        InferenceSession session;
        try
        {
            session = new InferenceSession(onnx, native);
        }
        catch (OnnxRuntimeException unreadable)
        {
            throw new ModelRefusedException([$"ONNX Runtime cannot load it: {unreadable.Message}"], unreadable);
        }
        try
        {
            return new ModelSession(session, ModelContract.Check(session));
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Scores a batch of preprocessed films.</summary>
    /// <param name="films"><c>[N, 1, H, W]</c>, row by row, as <see cref="PixelNormalisation"/> writes them; N is its length / <see cref="FilmLength"/>.</param>
    /// <param name="probabilities">Receives <c>[N, 3]</c> in the order of <see cref="ImageLabels"/>.</param>
    public void Predict(Memory<float> films, Memory<float> probabilities)
    {
        // The runtime itself would end the process.
        ObjectDisposedException.ThrowIf(_disposed, this);
        var (count, rest) = Math.DivRem(films.Length, FilmLength);
        if (rest != 0 || count == 0) throw new ArgumentException($"{films.Length} floats are no whole number of films of {FilmLength}", nameof(films));
        if (probabilities.Length != count * ImageLabels.Count)
            throw new ArgumentException($"{count} films give {count * ImageLabels.Count} probabilities, not {probabilities.Length}", nameof(probabilities));

        var memory = OrtMemoryInfo.DefaultInstance;
        using var input = OrtValue.CreateTensorValueFromMemory(memory, films, [count, 1, Preprocessing.Height, Preprocessing.Width]);
        using var output = OrtValue.CreateTensorValueFromMemory(memory, probabilities, [count, ImageLabels.Count]);
        _session.Run(_run, s_inputs, [input], s_outputs, [output]);
    }

    /// <summary>
    /// Scores one black film, which makes the first request as fast as the rest, and checks the answer. Throws
    /// <see cref="ModelRefusedException"/> if the model fails or does not answer with probabilities.
    /// </summary>
    public void WarmUp()
    {
        var probabilities = new float[ImageLabels.Count];
        try
        {
            Predict(new float[FilmLength], probabilities);
        }
        catch (OnnxRuntimeException failed)
        {
            throw new ModelRefusedException([$"it fails on a black film: {failed.Message}"], failed);
        }
        if (!IsDistribution(probabilities))
            throw new ModelRefusedException([$"it answers [{string.Join(", ", probabilities)}] for a black film, which are no probabilities"]);
    }

    /// <summary>Whether these are the probabilities of one film; NaN is none.</summary>
    internal static bool IsDistribution(float[] probabilities) => probabilities.All(share => share >= 0) && Math.Abs(probabilities.Sum() - 1) < 1e-3;

    /// <summary>To be called when no thread predicts any more; <see cref="ModelSlot"/> sees to that.</summary>
    public void Dispose()
    {
        _disposed = true;
        _session.Dispose();
        _run.Dispose();
    }
}

/// <summary>How a session computes.</summary>
public sealed record ModelSessionOptions
{
    /// <summary>
    /// Threads of one run, from 1. One, with as many runs at once as there are processors, gives almost the throughput of
    /// batching (measured: 132 films/s on one thread, 248 by two single-threaded runs, 265 by batches of 16 on two threads),
    /// needs no waiting for a batch to fill, and lets decoding use the same cores.
    /// </summary>
    public int ThreadsPerRun { get; init; } = 1;

    internal SessionOptions ToNative()
    {
        var native = new SessionOptions
        {
            IntraOpNumThreads = ThreadsPerRun,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
        };
        // Idle threads that spin would take their core from the decoder.
        native.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        return native;
    }
}
