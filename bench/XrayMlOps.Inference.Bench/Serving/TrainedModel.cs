using System.Diagnostics;
using System.Text.Json;
using XrayMlOps.Core;
using XrayMlOps.Core.Architectures;
using XrayMlOps.Core.Preprocessing;
using XrayMlOps.Core.Runs;
using XrayMlOps.Training.Bench;

namespace XrayMlOps.Inference.Bench.Serving;

/// <summary>A <c>model_4</c> that the real trainer exports after an epoch on noise: it knows nothing, but takes as long as one that does.</summary>
internal static class TrainedModel
{
    private const int Films = 24;

    /// <param name="folder">Where the trainer works, and leaves the model.</param>
    public static async Task<string> ExportAsync(string folder, int seed)
    {
        Directory.CreateDirectory(folder);
        var architecture = Architecture.Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "model_4.json")));
        PackedFilms.Write(Path.Combine(folder, "films.npz"), Films, architecture.Input.Height, architecture.Input.Width);
        var job = new TrainingJob
        {
            RunId = seed,
            Architecture = architecture,
            Recipe = architecture.Recipe with { Epochs = 1, Seed = seed },
            Preprocessing = new PreprocessingSpec { Height = architecture.Input.Height, Width = architecture.Input.Width },
            Dataset = "noise@1",
            DatasetDigest = new string('0', 64),
            Tensors = ["films.npz"],
        };
        await File.WriteAllBytesAsync(Path.Combine(folder, TrainingJob.FileName), JsonSerializer.SerializeToUtf8Bytes(job, XrayJson.Compact));
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "XrayMlOps.Trainer.dll"), folder]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in TrainerEnvironment.Recommended) start.Environment[name] = value;
        using var trainer = Process.Start(start)!;
        var said = await Task.WhenAll(trainer.StandardOutput.ReadToEndAsync(), trainer.StandardError.ReadToEndAsync());
        await trainer.WaitForExitAsync();
        return trainer.ExitCode == TrainerExit.Completed
            ? Path.Combine(folder, TrainingOutputs.Model)
            : throw new InvalidOperationException($"The trainer ended with code {trainer.ExitCode}: {said[1]}");
    }
}
