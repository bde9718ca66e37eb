using XrayMlOps.Core.Runs;
using XrayMlOps.Worker;
using XrayMlOps.Worker.Trainers;

namespace XrayMlOps.Cli.Doctor;

/// <summary>Whether Torch loads in the trainer's process, what it computes with, and whether the allocator is tuned.</summary>
internal sealed class TrainerExamination : IExamination
{
    private const string HugePages = "/sys/kernel/mm/transparent_hugepage/enabled";

    public string Name => "Torch";

    public string Advice => "Build the whole solution on this machine (dotnet build -c Release): the trainer and its libtorch come with it.";

    public async Task<IReadOnlyList<Finding>> ExamineAsync(CancellationToken cancellationToken)
    {
        var probe = await TrainerInspection.ProbeAsync(new WorkerOptions(), cancellationToken);
        var packages = string.Join(
            ", ", probe.Packages.OrderByDescending(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} {pair.Value}"));
        List<Finding> findings =
        [
            new Finding(Name, FindingState.Ok, $"{packages}; {probe.Backend} backend"),
            new Finding("Training on", FindingState.Ok, $"{probe.Device}, {probe.Threads} threads"),
            Cuda(probe),
        ];
        if (OperatingSystem.IsLinux()) findings.Add(Allocator());
        return findings;
    }

    private static Finding Cuda(TrainerProbe probe) => probe switch
    {
        { CudaAvailable: true } => new Finding("CUDA", FindingState.Ok, probe.Device),
        { Backend: "cuda" } => new Finding(
            "CUDA", FindingState.Warning, "built for it, but Torch finds no device",
            "Check the driver with nvidia-smi; until then training runs on the CPU."),
        _ => new Finding("CUDA", FindingState.Ok, "not in this build: libtorch is the CPU's; -p:TorchBackend=cuda builds with the other"),
    };

    /// <summary>The tunables are set for the trainer by the worker; they need transparent huge pages from the kernel.</summary>
    private static Finding Allocator()
    {
        var tunables = string.Join(", ", TrainerEnvironment.Recommended.Select(pair => $"{pair.Key}={pair.Value}"));
        return File.Exists(HugePages) && !File.ReadAllText(HugePages).Contains("[never]", StringComparison.Ordinal)
            ? new Finding("Allocator", FindingState.Ok, $"huge pages; the trainer gets {tunables}")
            : new Finding(
                "Allocator", FindingState.Warning, "the kernel gives no transparent huge pages",
                $"Training may take three times as long; allow them: echo madvise > {HugePages}");
    }
}
