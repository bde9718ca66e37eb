using System.Globalization;
using System.Text.Json;
using XrayMlOps.Core;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Runs;
using XrayMlOps.Training.Jobs;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Checkpoints;

/// <summary>Saves a <see cref="TrainingState"/> as one safetensors file, so that a run goes on exactly as if it had never stopped.</summary>
internal static class Checkpoint
{
    public const string Model = "model";
    public const string BestModel = "best";
    public const string FirstMoment = "first_moment";
    public const string SecondMoment = "second_moment";

    private const string JobKey = "job";
    private const string StepsKey = "steps";
    private const string HistoryKey = "history";

    public static void Save(JobFolder folder, TrainingJob job, TrainingState state)
    {
        List<(string, Tensor)> tensors = [];
        void Add(string group, IReadOnlyDictionary<string, Tensor> named) => tensors.AddRange(named.Select(pair => ($"{group}/{pair.Key}", pair.Value)));
        Add(Model, state.Network.Weights());
        Add(BestModel, state.Best);
        Add(FirstMoment, state.Optimizer.FirstMoments);
        Add(SecondMoment, state.Optimizer.SecondMoments);
        folder.Write(TrainingOutputs.Checkpoint, stream => SafeTensors.Write(stream, tensors, new Dictionary<string, string>
        {
            [JobKey] = Fingerprint(job),
            [StepsKey] = state.Optimizer.Steps.ToString(CultureInfo.InvariantCulture),
            [HistoryKey] = JsonSerializer.Serialize(state.History, XrayJson.Compact),
        }));
    }

    /// <summary>Restores the folder's checkpoint; false if there is none.</summary>
    /// <exception cref="TrainingFailedException">It is damaged, or of another job.</exception>
    public static bool TryRestore(JobFolder folder, TrainingJob job, TrainingState state)
    {
        var path = folder.PathOf(TrainingOutputs.Checkpoint);
        if (!File.Exists(path)) return false;
        try
        {
            using var stream = File.OpenRead(path);
            using var file = SafeTensors.Read(stream);
            if (file.Metadata.GetValueOrDefault(JobKey) != Fingerprint(job))
                throw new TrainingFailedException($"{path} is of another job (network, recipe, dataset or preprocessing differ); delete it to begin anew.");
            var history = JsonSerializer.Deserialize<List<EpochMetrics>>(file.Metadata[HistoryKey], XrayJson.Compact)!;
            var steps = long.Parse(file.Metadata[StepsKey], CultureInfo.InvariantCulture);
            state.Restore(history, steps, (group, name) => file.Tensors[$"{group}/{name}"]);
            return true;
        }
        catch (Exception problem) when (problem is InvalidDataException or EndOfStreamException or JsonException or KeyNotFoundException or FormatException)
        {
            throw new TrainingFailedException($"{path} is damaged ({problem.Message}); delete it to begin anew.", problem);
        }
    }

    /// <summary>Names what a checkpoint may go on with: all that decides how an epoch trains, but not how many there are, so a run can be extended.</summary>
    private static string Fingerprint(TrainingJob job) => Digest.Of(JsonSerializer.SerializeToUtf8Bytes(
        new { Architecture = job.Architecture.Digest(), Recipe = job.Recipe with { Epochs = 1, Patience = 0 }, job.DatasetDigest, Preprocessing = job.Preprocessing.Hash() }, XrayJson.Compact));
}
