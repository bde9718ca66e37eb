using Microsoft.Extensions.Options;
using XrayMlOps.Worker.Trainers;

namespace XrayMlOps.Worker.Devices;

/// <summary>How many GPUs runs may be trained on.</summary>
internal sealed partial class GpuCount(IOptions<WorkerOptions> options, ILogger<GpuCount> logger)
{
    private const string Driver = "/proc/driver/nvidia/version";

    /// <summary>
    /// As the options say, else as the trainer finds them: it may be built for none. Where Linux has no NVIDIA driver it need not be asked, which takes a
    /// second or two.
    /// </summary>
    public async Task<int> FindAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Gpus is { } said) return said;
        if (OperatingSystem.IsMacOS() || (OperatingSystem.IsLinux() && !File.Exists(Driver))) return 0;
        try
        {
            return (await TrainerInspection.ProbeAsync(options.Value, cancellationToken)).Gpus;
        }
        catch (IOException problem)
        {
            LogUnknown(problem);
            return 0; // a run says what is wrong with the trainer
        }
    }

    [LoggerMessage(44, LogLevel.Warning, "The trainer does not say how many GPUs it finds; runs are trained on the CPU")]
    private partial void LogUnknown(Exception problem);
}
