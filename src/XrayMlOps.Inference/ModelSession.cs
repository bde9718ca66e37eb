using Microsoft.ML.OnnxRuntime;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Evaluation;
using XrayMlOps.Core.Models;
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
    private static readonly string[] s_explainedInputs = [ModelMetadata.FilmsInput, ModelMetadata.ExplainInput];
    private static readonly string[] s_outputs = [ModelMetadata.ProbabilitiesOutput];
    private static readonly string[] s_explainedOutputs = [ModelMetadata.ProbabilitiesOutput, ModelMetadata.ClassActivationOutput];

    private readonly InferenceSession _session;
    private readonly ModelTerms _terms;
    private readonly RunOptions _run = new();
    private readonly OrtValue _explain = OrtValue.CreateTensorValueFromMemory(new[] { true }, []);
    private bool _disposed;

    private ModelSession(InferenceSession session, ModelTerms terms, InferenceDevice device)
    {
        (_session, _terms, Device) = (session, terms, device);
        PreprocessingHash = terms.Preprocessing.Hash();
        Metadata = session.ModelMetadata.CustomMetadataMap;
    }

    /// <summary>How a film becomes the model's input; this build can honour it.</summary>
    public PreprocessingSpec Preprocessing => _terms.Preprocessing;

    /// <summary><see cref="PreprocessingSpec.Hash"/> of <see cref="Preprocessing"/>.</summary>
    public string PreprocessingHash { get; }

    /// <summary>From which confidence on the model answers; null if its export says nothing of it.</summary>
    public OperatingPoint? OperatingPoint => _terms.OperatingPoint;

    /// <summary>How <see cref="Explain"/> computes its maps, in the words of <see cref="ModelMetadata.Explanation"/>; null if the model has none.</summary>
    public string? Explanation => _terms.Explanation;

    /// <summary>What the file says of itself, by the keys of <see cref="ModelMetadata"/>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Where it computes: the CPU or CUDA.</summary>
    public InferenceDevice Device { get; }

    /// <summary>Floats of one film: H x W.</summary>
    public int FilmLength => Preprocessing.Height * Preprocessing.Width;

    /// <summary>
    /// Loads a model. Throws <see cref="ModelRefusedException"/>, naming every reason, if this build cannot serve it, and
    /// <see cref="InvalidOperationException"/> if the device asked for is not to be had.
    /// </summary>
    /// <param name="onnx">The whole file; verify its digest first.</param>
    public static ModelSession Load(byte[] onnx, ModelSessionOptions? options = null)
    {
        options ??= new ModelSessionOptions();
        var device = options.Resolve();
        using var native = options.ToNative(device);
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
            return new ModelSession(session, ModelContract.Check(session), device);
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
        using var input = Films(films, probabilities);
        using var output = Probabilities(probabilities);
        _session.Run(_run, s_inputs, [input], s_outputs, [output]);
    }

    /// <summary>Scores a batch as <see cref="Predict"/> does and says where the answers come from.</summary>
    /// <returns><c>[N, 3, h, w]</c>: a map a film and class, at least 0.</returns>
    /// <exception cref="NotSupportedException"><see cref="Explanation"/> is null.</exception>
    public ClassActivation Explain(Memory<float> films, Memory<float> probabilities)
    {
        if (Explanation is null) throw new NotSupportedException("The model has no class activation: its export is of an earlier build.");
        using var input = Films(films, probabilities);
        using var outputs = _session.Run(_run, s_explainedInputs, [input, _explain], s_explainedOutputs);
        outputs[0].GetTensorDataAsSpan<float>().CopyTo(probabilities.Span);
        var shape = outputs[1].GetTensorTypeAndShape().Shape;
        return new ClassActivation((int)shape[2], (int)shape[3], outputs[1].GetTensorDataAsSpan<float>().ToArray());
    }

    /// <summary>
    /// Scores films that are drawn by rule, which makes the first request as fast as the rest, and checks the answers: they must be
    /// probabilities, and those of the trained network where the export carries them. Throws <see cref="ModelRefusedException"/> otherwise.
    /// </summary>
    public void Verify()
    {
        var (pixels, film, probabilities) = (new byte[FilmLength], new float[FilmLength], new float[ImageLabels.Count]);
        for (var number = 0; number < ParitySample.Films; number++)
        {
            ParitySample.Draw(number, Preprocessing.Height, Preprocessing.Width, pixels);
            PixelNormalisation.ToUnit(pixels, film);
            try
            {
                Predict(film, probabilities);
            }
            catch (OnnxRuntimeException failed)
            {
                throw new ModelRefusedException([$"it fails on a film: {failed.Message}"], failed);
            }
            if (!IsDistribution(probabilities)) throw new ModelRefusedException([$"it answers [{string.Join(", ", probabilities)}] for a film, which are no probabilities"]);
            if (_terms.Parity?.Probabilities.ElementAtOrDefault(number) is { } trained && Difference(trained, probabilities) > ParitySample.Tolerance)
                throw new ModelRefusedException(
                    [$"it answers [{string.Join(", ", probabilities)}] for parity film {number}, where the trained network answered [{string.Join(", ", trained)}]"]);
        }
    }

    /// <summary>Whether these are the probabilities of one film; NaN is none.</summary>
    internal static bool IsDistribution(ReadOnlySpan<float> probabilities)
    {
        var sum = 0f;
        foreach (var share in probabilities)
        {
            if (!(share >= 0)) return false;
            sum += share;
        }
        return Math.Abs(sum - 1) < 1e-3;
    }

    /// <summary>To be called when no thread predicts any more; <see cref="ModelSlot"/> sees to that.</summary>
    public void Dispose()
    {
        _disposed = true;
        _session.Dispose();
        _run.Dispose();
        _explain.Dispose();
    }

    private static float Difference(IReadOnlyList<float> trained, float[] answered) => trained.Zip(answered).Max(pair => Math.Abs(pair.First - pair.Second));

    private OrtValue Films(Memory<float> films, Memory<float> probabilities)
    {
        // The runtime itself would end the process.
        ObjectDisposedException.ThrowIf(_disposed, this);
        var (count, rest) = Math.DivRem(films.Length, FilmLength);
        if (rest != 0 || count == 0) throw new ArgumentException($"{films.Length} floats are no whole number of films of {FilmLength}", nameof(films));
        if (probabilities.Length != count * ImageLabels.Count)
            throw new ArgumentException($"{count} films give {count * ImageLabels.Count} probabilities, not {probabilities.Length}", nameof(probabilities));
        return OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, films, [count, 1, Preprocessing.Height, Preprocessing.Width]);
    }

    private static OrtValue Probabilities(Memory<float> probabilities) =>
        OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, probabilities, [probabilities.Length / ImageLabels.Count, ImageLabels.Count]);
}

/// <summary>How much each place of a film's last feature maps speaks for each class.</summary>
/// <param name="Values"><c>[N, 3, Height, Width]</c>, row by row.</param>
public sealed record ClassActivation(int Height, int Width, float[] Values)
{
    /// <summary>The map of one film and class, <c>[Height, Width]</c>.</summary>
    public ReadOnlyMemory<float> Of(int film, ImageLabel label) => Values.AsMemory((film * ImageLabels.Count + (int)label) * Height * Width, Height * Width);

    /// <summary>The maps of one film alone, <c>[1, 3, Height, Width]</c>.</summary>
    public ClassActivation Of(int film) => this with { Values = Values.AsSpan(film * ImageLabels.Count * Height * Width, ImageLabels.Count * Height * Width).ToArray() };
}
