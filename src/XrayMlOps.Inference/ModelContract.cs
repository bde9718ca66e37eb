using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using XrayMlOps.Core;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Evaluation;
using XrayMlOps.Core.Models;
using XrayMlOps.Core.Preprocessing;
using ModelMetadata = XrayMlOps.Core.Models.ModelMetadata;

namespace XrayMlOps.Inference;

/// <summary>The model file is whole but not one that this build can serve correctly.</summary>
public sealed class ModelRefusedException(IReadOnlyList<string> problems, Exception? inner = null)
    : Exception($"The model is refused: {string.Join("; ", problems)}.", inner)
{
    /// <summary>Every reason.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}

/// <summary>What a model says of itself. All but the preprocessing is missing in the exports of earlier builds.</summary>
/// <param name="Explanation">How its class activation is computed; null if it has none.</param>
internal sealed record ModelTerms(PreprocessingSpec Preprocessing, OperatingPoint? OperatingPoint, ParitySample? Parity, string? Explanation);

/// <summary>What a model must be for its answers to mean what the platform says they mean.</summary>
internal static class ModelContract
{
    /// <summary>Answers what it says of itself, or throws <see cref="ModelRefusedException"/> with every problem.</summary>
    public static ModelTerms Check(InferenceSession session)
    {
        List<string> problems = [];
        var metadata = session.ModelMetadata.CustomMetadataMap;
        CheckLabels(metadata, problems);
        var spec = ReadPreprocessing(metadata, problems);
        CheckTensor(session.InputMetadata, "input", ModelMetadata.FilmsInput, spec is null ? null : [-1, 1, spec.Height, spec.Width], problems);
        CheckTensor(session.OutputMetadata, "output", ModelMetadata.ProbabilitiesOutput, [-1, ImageLabels.Count], problems);
        foreach (var other in session.InputMetadata.Keys.Where(name => name != ModelMetadata.FilmsInput))
            problems.Add($"it needs an input '{other}' that nothing gives; '{ModelMetadata.FilmsInput}' must be its only one");
        var operatingPoint = ReadOptional<OperatingPoint>(metadata, ModelMetadata.OperatingPoint, problems);
        var parity = ReadOptional<ParitySample>(metadata, ModelMetadata.ParitySample, problems);
        if (parity is { Probabilities: var rows } && (rows.Count > ParitySample.Films || rows.Any(row => row.Count != ImageLabels.Count)))
            problems.Add($"its metadata '{ModelMetadata.ParitySample}' is not {ImageLabels.Count} probabilities of at most {ParitySample.Films} films");
        if (problems.Count > 0) throw new ModelRefusedException(problems);
        return new ModelTerms(spec!, operatingPoint, parity, ExplanationOf(session, metadata));
    }

    private static string? ExplanationOf(InferenceSession session, IReadOnlyDictionary<string, string> metadata) =>
        session.OutputMetadata.ContainsKey(ModelMetadata.ClassActivationOutput) && session.OverridableInitializerMetadata.ContainsKey(ModelMetadata.ExplainInput)
            ? metadata.GetValueOrDefault(ModelMetadata.Explanation)
            : null;

    private static void CheckLabels(IReadOnlyDictionary<string, string> metadata, List<string> problems)
    {
        if (Read<string[]>(metadata, ModelMetadata.Labels, problems) is { } labels && !labels.SequenceEqual(ImageLabels.Names))
            problems.Add($"its labels are {string.Join(", ", labels)}, but this build serves {string.Join(", ", ImageLabels.Names)}, in that order");
    }

    private static PreprocessingSpec? ReadPreprocessing(IReadOnlyDictionary<string, string> metadata, List<string> problems)
    {
        if (Read<PreprocessingSpec>(metadata, ModelMetadata.Preprocessing, problems) is not { } spec) return null;
        problems.AddRange(spec.Problems());
        // A spec written by a newer build may say things that this one does not read; its hash then differs.
        if (metadata.TryGetValue(ModelMetadata.PreprocessingHash, out var hash) && hash != spec.Hash())
            problems.Add($"its preprocessing hashes to {spec.Hash()} here, but to {hash} where it was trained: another build wrote it");
        return spec;
    }

    private static T? ReadOptional<T>(IReadOnlyDictionary<string, string> metadata, string key, List<string> problems)
        where T : class => metadata.ContainsKey(key) ? Read<T>(metadata, key, problems) : null;

    private static T? Read<T>(IReadOnlyDictionary<string, string> metadata, string key, List<string> problems)
        where T : class
    {
        if (!metadata.TryGetValue(key, out var json))
        {
            problems.Add($"its metadata has no '{key}'; export it with this platform's trainer");
            return null;
        }
        try
        {
            if (JsonSerializer.Deserialize<T>(json, XrayJson.Compact) is { } value) return value;
            problems.Add($"its metadata '{key}' is null");
        }
        catch (JsonException unreadable)
        {
            problems.Add($"its metadata '{key}' is unreadable: {unreadable.Message}");
        }
        return null;
    }

    /// <param name="shape">-1 is any length, which the model must leave open; null: unknown, not checked.</param>
    private static void CheckTensor(
        IReadOnlyDictionary<string, NodeMetadata> tensors, string kind, string name, int[]? shape, List<string> problems)
    {
        if (!tensors.TryGetValue(name, out var tensor))
            problems.Add($"it has no {kind} '{name}', only {string.Join(", ", tensors.Keys)}");
        else if (!tensor.IsTensor || tensor.ElementType != typeof(float))
            problems.Add($"its {kind} '{name}' is no float32 tensor");
        else if (shape is not null && !tensor.Dimensions.SequenceEqual(shape))
            problems.Add($"its {kind} '{name}' is {Text(tensor.Dimensions)}, not {Text(shape)}");
    }

    private static string Text(int[] shape) => $"[{string.Join(", ", shape.Select(length => length < 0 ? "N" : $"{length}"))}]";
}
