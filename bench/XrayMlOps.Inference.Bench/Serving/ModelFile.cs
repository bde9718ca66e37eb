using Microsoft.ML.OnnxRuntime;
using ModelMetadata = XrayMlOps.Core.Models.ModelMetadata;

namespace XrayMlOps.Inference.Bench.Serving;

/// <summary>An exported model, as the registry would hold it.</summary>
/// <param name="Digest">SHA-256 of the file.</param>
internal sealed record ModelFile(string Path, string Digest, long Bytes, string PreprocessingHash)
{
    public static ModelFile Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        using SessionOptions options = new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using InferenceSession session = new(bytes, options);
        return session.ModelMetadata.CustomMetadataMap.TryGetValue(ModelMetadata.PreprocessingHash, out var hash)
            ? new ModelFile(System.IO.Path.GetFullPath(path), Core.Blobs.Digest.Of(bytes), bytes.Length, hash)
            : throw new InvalidDataException($"{path} names no preprocessing: give a model that the platform's trainer exported.");
    }
}
