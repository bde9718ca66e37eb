using XrayMlOps.Core.Architectures;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Training.Jobs;

internal static class JobProblems
{
    private const int MostThreads = 1024;

    /// <summary>Everything wrong with a job, one message each; empty if it can be run.</summary>
    public static IReadOnlyList<string> Of(TrainingJob job)
    {
        if (job is not { Architecture: not null, Recipe.Augmentation: not null, Preprocessing: not null, Tensors: not null, Dataset: not null, DatasetDigest: not null })
            return ["architecture, recipe, preprocessing, tensors, dataset and datasetDigest must not be null"];
        if (job.Tensors.Count == 0 || job.Tensors.Any(string.IsNullOrEmpty)) return ["tensors: at least one file must be named, and none by an empty path"];
        List<string> problems = [.. LayerTable.Of(job.Architecture).Problems, .. job.Recipe.Problems(), .. job.Preprocessing.Problems()];
        var (input, pixels) = (job.Architecture.Input, job.Preprocessing);
        if (input.Height != pixels.Height || input.Width != pixels.Width)
            problems.Add($"the network takes {input.Height} x {input.Width} pixels, but preprocessing makes {pixels.Height} x {pixels.Width}");
        if (job.Threads is < 0 or > MostThreads) problems.Add($"threads {job.Threads}; 0 (one a core) to {MostThreads:N0} are allowed");
        if (job.Recipe.BatchSize == 1 && job.Architecture.Layers.OfType<BatchNormLayer>().Any())
            problems.Add("recipe: batchSize 1 cannot train a network with batch_norm, which measures the spread over a batch");
        return problems;
    }
}
