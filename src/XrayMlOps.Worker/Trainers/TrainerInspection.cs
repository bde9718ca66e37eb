using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Options;
using XrayMlOps.Core;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Worker.Trainers;

/// <summary>Asks the trainer, in the environment that runs get, what it would compute with.</summary>
public static class TrainerInspection
{
    /// <exception cref="IOException">The trainer is missing or fails; the message has where it was sought, or its last words.</exception>
    public static async Task<TrainerProbe> ProbeAsync(WorkerOptions options, CancellationToken cancellationToken)
    {
        var trainer = new TrainerLocation(Options.Create(options)).Find();
        using var process = Process.Start(TrainerProcess.StartInfo(trainer, "--probe", AppContext.BaseDirectory)) ?? throw new IOException($"{trainer} was not started.");
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode == 0)
        {
            try
            {
                if (JsonSerializer.Deserialize<TrainerProbe>(output, XrayJson.Compact) is { } probe) return probe;
            }
            catch (JsonException)
            {
                // Told below, with what it wrote.
            }
        }
        var words = $"{output}{await errors}".Trim().Split('\n', StringSplitOptions.TrimEntries).Take(TrainerProcess.KeptLines);
        throw new IOException($"{trainer} --probe ended with exit code {process.ExitCode}: {string.Join(" / ", words)}");
    }
}
