using Microsoft.ML.OnnxRuntime;

namespace XrayMlOps.Cli.Doctor;

/// <summary>Whether models can be served.</summary>
internal sealed class OnnxRuntimeExamination : IExamination
{
    public string Name => "ONNX Runtime";

    public string Advice => "Its native library comes with the build: build again on this machine.";

    public Task<IReadOnlyList<Finding>> ExamineAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Finding>>([new Finding(Name, FindingState.Ok, OrtEnv.Instance().GetVersionString())]);
}
