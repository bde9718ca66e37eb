using Microsoft.Extensions.ObjectPool;
using Microsoft.ML;
using Microsoft.ML.Transforms.Image;
using Microsoft.ML.Transforms.Onnx;

namespace XrayMlOps.Inference.Bench.MlNet;

/// <summary>Film to probabilities in ML.NET's own transforms. An engine serves one request at a time, so they are pooled, as ML.NET's documentation has it.</summary>
internal sealed class FilmPipeline(string model, int threads) : PooledObjectPolicy<PredictionEngine<Film, Scores>>
{
    public const int Side = 256;
    public const string Output = "probabilities";
    private const string Input = "films", Image = nameof(Film.Image);

    private static readonly PredictionEngineOptions s_shared = new() { OwnsTransformer = false };

    private readonly MLContext _context = new(seed: 1);
    private ITransformer? _pipeline;

    public override PredictionEngine<Film, Scores> Create()
    {
        lock (_context) return _context.Model.CreatePredictionEngine<Film, Scores>(_pipeline ??= Fit(), s_shared);
    }

    public override bool Return(PredictionEngine<Film, Scores> obj) => true;

    private ITransformer Fit() => _context.Transforms
        .ResizeImages(Image, Side, Side, resizing: ImageResizingEstimator.ResizingKind.Fill)
        .Append(_context.Transforms.ConvertToGrayscale(Image))
        // The three channels are alike then.
        .Append(_context.Transforms.ExtractPixels(Input, Image, ImagePixelExtractingEstimator.ColorBits.Red, scaleImage: 1 / 255f))
        .Append(_context.Transforms.ApplyOnnxModel(new OnnxOptions
        {
            ModelFile = model,
            InputColumns = [Input],
            OutputColumns = [Output],
            ShapeDictionary = new Dictionary<string, int[]> { [Input] = [1, 1, Side, Side] },
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
        }))
        .Fit(_context.Data.LoadFromEnumerable<Film>([]));
}
