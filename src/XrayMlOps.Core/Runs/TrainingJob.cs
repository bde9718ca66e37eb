using XrayMlOps.Core.Architectures;
using XrayMlOps.Core.Preprocessing;

namespace XrayMlOps.Core.Runs;

/// <summary>
/// <c>job.json</c>: all that the trainer process is told. It reads nothing outside the folder that holds this file (but
/// <see cref="Tensors"/>, which may be a cache) and writes nothing outside it.
/// </summary>
public sealed record TrainingJob
{
    public const string FileName = "job.json";

    public required int RunId { get; init; }

    public required Architecture Architecture { get; init; }

    public required TrainingRecipe Recipe { get; init; }

    public required PreprocessingSpec Preprocessing { get; init; }

    /// <summary>The dataset version, as <c>name@number</c>, for the model's metadata.</summary>
    public required string Dataset { get; init; }

    public required string DatasetDigest { get; init; }

    /// <summary>
    /// Paths of the packed tensors, one a shard (npz, stored without compression): <c>images</c> uint8 [N, H, W], <c>labels</c> int64 [N],
    /// <c>splits</c> uint8 [N] (see <see cref="Datasets.Split"/>) and <c>patients</c> int64 [N] (a number a patient, the same in each shard).
    /// Relative to the job's folder, or absolute.
    /// </summary>
    public required IReadOnlyList<string> Tensors { get; init; }

    /// <summary>Threads to compute with; 0 takes one a core.</summary>
    public int Threads { get; init; }
}

/// <summary>What the trainer leaves in its folder.</summary>
public static class TrainingOutputs
{
    /// <summary>The newest checkpoint; written beside itself and renamed, so it is whole or absent. A run that finds it goes on from it.</summary>
    public const string Checkpoint = "checkpoint.safetensors";

    /// <summary>Weights of the best epoch by validation loss.</summary>
    public const string Weights = "weights.safetensors";

    public const string Model = "model.onnx";

    /// <summary>A <see cref="RunEvaluation"/> of the best epoch.</summary>
    public const string Evaluation = "evaluation.json";

    /// <summary>Standard error of the trainer, kept by the worker.</summary>
    public const string Log = "trainer.log";
}
