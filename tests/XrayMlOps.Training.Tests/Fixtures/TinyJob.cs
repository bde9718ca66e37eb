using System.Text.Json;
using XrayMlOps.Core;
using XrayMlOps.Core.Architectures;
using XrayMlOps.Core.Preprocessing;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Training.Tests.Fixtures;

/// <summary>A job that trains in a second, with a layer and an augmentation of every kind that draws at random.</summary>
internal static class TinyJob
{
    public const string Tensors = "films.npz";

    public static Architecture Architecture { get; } = Core.Architectures.Architecture.Parse("""
        {
          "name": "tiny",
          "input": { "height": 16, "width": 16 },
          "layers": [
            { "type": "conv", "filters": 4, "padding": "same", "activation": "none" },
            { "type": "batch_norm", "activation": "relu" },
            { "type": "max_pool" },
            { "type": "conv", "filters": 8 },
            { "type": "max_pool" },
            { "type": "flatten" },
            { "type": "dropout", "rate": 0.2 },
            { "type": "dense", "units": 3 }
          ]
        }
        """);

    public static TrainingRecipe Recipe { get; } = new()
    {
        Epochs = 4,
        BatchSize = 8,
        LearningRate = 0.01,
        Schedule = LearningRateSchedule.Cosine,
        WeightDecay = 0.01,
        ClassWeights = true,
        LabelSmoothing = 0.05,
        Augmentation = new() { Shift = 0.05, Rotation = 5, Zoom = 0.05, Contrast = 0.1 },
    };

    public static TrainingJob Job { get; } = new()
    {
        RunId = 12,
        Architecture = Architecture,
        Recipe = Recipe,
        Preprocessing = new PreprocessingSpec { Height = 16, Width = 16 },
        Dataset = "tiny@1",
        DatasetDigest = new string('d', 64),
        Tensors = [Tensors],
        Threads = 1,
    };

    /// <summary>Writes the job, and the dataset unless the folder has one.</summary>
    public static void Write(TemporaryFolder folder, TrainingJob? job = null)
    {
        File.WriteAllBytes(folder[TrainingJob.FileName], JsonSerializer.SerializeToUtf8Bytes(job ?? Job, XrayJson.Indented));
        if (!File.Exists(folder[Tensors])) Npz.Write(folder[Tensors], new TinyDataset().Arrays());
    }

    /// <summary>Runs the folder's job in this process.</summary>
    /// <param name="stopAfter">Asks the run to stop when this epoch is reported.</param>
    public static (int ExitCode, IReadOnlyList<TrainerMessage> Messages) Run(TemporaryFolder folder, int? stopAfter = null)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        List<TrainerMessage> messages = [];
        var exitCode = new TrainingRun(folder.Path, message =>
        {
            messages.Add(message);
            if (message is TrainerEpoch epoch && epoch.Metrics.Epoch == stopAfter) stop.Cancel();
        }, TimeProvider.System).Execute(stop.Token);
        return (exitCode, messages);
    }
}
