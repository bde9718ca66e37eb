using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace XrayMlOps.Inference.Bench.MlNet;

/// <summary>What goes into the pipeline.</summary>
internal sealed class Film
{
    /// <summary>The size is that of no film: the pipeline resizes whatever comes.</summary>
    [ImageType(FilmPipeline.Side, FilmPipeline.Side)]
    public MLImage? Image { get; set; }
}

/// <summary>What comes out of it.</summary>
internal sealed class Scores
{
    [ColumnName(FilmPipeline.Output)]
    public float[] Probabilities { get; set; } = [];
}
