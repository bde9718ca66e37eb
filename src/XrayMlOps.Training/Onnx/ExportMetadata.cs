using System.Globalization;
using System.Text.Json;
using XrayMlOps.Core;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Evaluation;
using XrayMlOps.Core.Models;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Training.Onnx;

/// <summary>What the files of a trained network say of it, by the keys of <see cref="ModelMetadata"/>.</summary>
internal static class ExportMetadata
{
    public static Dictionary<string, string> Of(TrainingJob job, RunEvaluation evaluation, OperatingPoint operatingPoint, ParitySample sample) => new()
    {
        [ModelMetadata.Preprocessing] = JsonSerializer.Serialize(job.Preprocessing, XrayJson.Compact),
        [ModelMetadata.PreprocessingHash] = job.Preprocessing.Hash(),
        [ModelMetadata.Labels] = JsonSerializer.Serialize(ImageLabels.Names, XrayJson.Compact),
        [ModelMetadata.Architecture] = job.Architecture.Name,
        [ModelMetadata.ArchitectureDigest] = job.Architecture.Digest(),
        [ModelMetadata.Dataset] = job.Dataset,
        [ModelMetadata.DatasetDigest] = job.DatasetDigest,
        [ModelMetadata.Run] = job.RunId.ToString(CultureInfo.InvariantCulture),
        [ModelMetadata.Temperature] = evaluation.Temperature.ToString("R", CultureInfo.InvariantCulture),
        [ModelMetadata.Explanation] = new ClassActivation(job.Architecture).Method,
        [ModelMetadata.OperatingPoint] = JsonSerializer.Serialize(operatingPoint, XrayJson.Compact),
        [ModelMetadata.ParitySample] = JsonSerializer.Serialize(sample, XrayJson.Compact),
    };
}
