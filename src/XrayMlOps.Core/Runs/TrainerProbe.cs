namespace XrayMlOps.Core.Runs;

/// <summary>What the trainer would compute with: the one JSON object that <c>XrayMlOps.Trainer --probe</c> prints.</summary>
/// <param name="Backend">What the trainer was built with: <c>cpu</c> or <c>cuda</c>.</param>
/// <param name="Device"><c>cpu</c> or <c>cuda:0</c>.</param>
/// <param name="Threads">That a job with <see cref="TrainingJob.Threads"/> 0 would compute with.</param>
/// <param name="Gpus">CUDA devices that this process sees.</param>
/// <param name="Packages">Versions of what computes: torchsharp, libtorch, onnxruntime.</param>
public sealed record TrainerProbe(string Backend, string Device, int Threads, bool CudaAvailable, IReadOnlyDictionary<string, string> Packages, int Gpus = 0);
