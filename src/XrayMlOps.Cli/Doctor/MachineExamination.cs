using System.Runtime.InteropServices;
using XrayMlOps.Cli.CommandLine;

namespace XrayMlOps.Cli.Doctor;

/// <summary>.NET, operating system, cores and memory.</summary>
internal sealed class MachineExamination : IExamination
{
    private const long ComfortableMemory = 4L << 30;

    public string Name => "Machine";

    public string Advice => "Run on Linux, macOS or Windows with .NET 10.";

    public Task<IReadOnlyList<Finding>> ExamineAsync(CancellationToken cancellationToken)
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return Task.FromResult<IReadOnlyList<Finding>>(
        [
            new Finding(".NET", FindingState.Ok, $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}"),
            new Finding("System", FindingState.Ok, $"{RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores"),
            memory >= ComfortableMemory
                ? new Finding("Memory", FindingState.Ok, Figures.Size(memory))
                : new Finding("Memory", FindingState.Warning, Figures.Size(memory), $"Training wants about {Figures.Size(ComfortableMemory)}."),
        ]);
    }
}
