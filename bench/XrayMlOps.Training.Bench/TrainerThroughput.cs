using System.Diagnostics;
using System.Text.Json;
using XrayMlOps.Core;
using XrayMlOps.Core.Architectures;
using XrayMlOps.Core.Preprocessing;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Training.Bench;

/// <summary>Films a second of the real trainer process, with the recipe's augmentation, on films that it reads from a packed dataset.</summary>
internal sealed class TrainerThroughput(Architecture architecture, int threads, string dataset)
{
    private const int Epochs = 3;

    /// <summary>The mean over the epochs but the first, which loads and warms up.</summary>
    /// <exception cref="InvalidOperationException">The trainer did not end well.</exception>
    public double Measure(int batchSize)
    {
        var folder = Directory.CreateTempSubdirectory("xray-training-bench-");
        try
        {
            var job = new TrainingJob
            {
                RunId = 1,
                Architecture = architecture,
                Recipe = architecture.Recipe with { Epochs = Epochs, BatchSize = batchSize, LearningRate = 1e-4 },
                Preprocessing = new PreprocessingSpec { Height = architecture.Input.Height, Width = architecture.Input.Width },
                Dataset = "random@1",
                DatasetDigest = new string('0', 64),
                Tensors = [dataset],
                Threads = threads,
            };
            File.WriteAllBytes(Path.Combine(folder.FullName, TrainingJob.FileName), JsonSerializer.SerializeToUtf8Bytes(job, XrayJson.Compact));
            return Run(folder.FullName).OfType<TrainerEpoch>().Skip(1).Average(epoch => epoch.Metrics.ImagesPerSecond);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static List<TrainerMessage> Run(string folder)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "XrayMlOps.Trainer.dll"), folder])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var trainer = Process.Start(start)!;
        var errors = trainer.StandardError.ReadToEndAsync();
        List<TrainerMessage> messages = [];
        while (trainer.StandardOutput.ReadLine() is { } line)
        {
            if (TrainerMessage.TryParse(line) is { } message) messages.Add(message);
        }
        trainer.WaitForExit();
        return trainer.ExitCode == TrainerExit.Completed ? messages : throw new InvalidOperationException($"The trainer ended with code {trainer.ExitCode}:\n{errors.Result}");
    }
}
