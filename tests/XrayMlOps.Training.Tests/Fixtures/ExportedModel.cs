using Microsoft.ML.OnnxRuntime;

namespace XrayMlOps.Training.Tests.Fixtures;

internal static class ExportedModel
{
    /// <summary>Loads it quietly: otherwise it is warned of each model that its optional input is no constant.</summary>
    public static InferenceSession Load(byte[] model)
    {
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        return new InferenceSession(model, options);
    }
}
