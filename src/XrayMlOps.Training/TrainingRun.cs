using System.Text.Json;
using TorchSharp;
using XrayMlOps.Core;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Runs;
using XrayMlOps.Training.Checkpoints;
using XrayMlOps.Training.Data;
using XrayMlOps.Training.Devices;
using XrayMlOps.Training.Jobs;
using XrayMlOps.Training.Networks;
using XrayMlOps.Training.Onnx;
using XrayMlOps.Training.Optimisation;
using XrayMlOps.Training.Scoring;
using static TorchSharp.torch;

namespace XrayMlOps.Training;

/// <summary>Runs the one job of a folder: trains, evaluates, exports. See <see cref="TrainingJob"/> and <see cref="TrainingOutputs"/>.</summary>
/// <param name="report">Takes each message, in order.</param>
/// <param name="kept">Tells what became of finished epochs; null where nobody supervises the run.</param>
public sealed class TrainingRun(string folder, Action<TrainerMessage> report, TimeProvider time, KeptEpochs? kept = null)
{
    private const int FilmsToFit = 64;

    private readonly JobFolder _folder = new(folder);

    /// <summary>
    /// Runs to the end; the outputs are there before <see cref="TrainerCompleted"/> is reported. A run that failed reports
    /// <see cref="TrainerFailed"/>. Other exceptions are faults of the machine: to run again may help.
    /// </summary>
    /// <returns>A code of <see cref="TrainerExit"/>.</returns>
    public int Execute(CancellationToken cancellationToken)
    {
        try
        {
            Run(_folder.ReadJob(), cancellationToken);
            return TrainerExit.Completed;
        }
        catch (TrainingFailedException failure)
        {
            report(new TrainerFailed(failure.Message));
            return TrainerExit.Failed;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return TrainerExit.Stopped;
        }
    }

    private void Run(TrainingJob job, CancellationToken cancellationToken)
    {
        using var held = DeviceLock.Take(Environment.GetEnvironmentVariable(TrainerEnvironment.DeviceLock), time, DeviceLock.Patience, cancellationToken);
        var device = ComputeDevice.Best;
        var threads = ComputeDevice.UseThreads(job.Threads);
        using var films = PackedDataset.Read(job.Tensors);
        RequireSize(job, films);
        manual_seed(Seeds.Of(job.Recipe.Seed, Seeds.Purpose.InitialWeights));
        using var network = NetworkBuilder.Build(job.Architecture, ComputeDevice.Mixes(job.Recipe.Precision, device));
        network.to(device);
        films.BringTo(device);
        using var state = new TrainingState(network, new AdamW(network.named_parameters().Select(pair => (pair.name, (Tensor)pair.parameter)), job.Recipe.WeightDecay));

        var resumed = Checkpoint.TryRestore(_folder, job, state);
        if (!resumed) FitInitialWeights(job, network, films, device);
        report(new TrainerStarted(
            device.type == DeviceType.CPU ? "cpu" : device.ToString(), threads, ComputeDevice.Packages, network.Parameters, films.Of(Split.Train).Length,
            films.Of(Split.Validation).Length, films.Of(Split.Test).Length, resumed ? state.History.Count : null, ComputeEnvironment.Describe(device)));
        var loop = new TrainingLoop(_folder, job, films, state, device, report, kept, time);
        loop.Run(cancellationToken);

        network.Load(state.Best);
        var (evaluation, operatingPoint) = BestEpochEvaluation.Of(state.BestEpoch, network, films, device, cancellationToken);
        var sample = DrawnFilms.Score(network, films.Height, films.Width, evaluation.Temperature, device);
        var metadata = ExportMetadata.Of(job, evaluation, operatingPoint, sample);
        var model = OnnxWriter.Write(job.Architecture, state.Best, evaluation.Temperature, metadata);
        report(OnnxParity.Check(model, network, evaluation.Temperature, sample, films, device, threads, cancellationToken));

        _folder.Write(TrainingOutputs.Weights, stream => SafeTensors.Write(stream, [.. state.Best.Select(pair => (pair.Key, pair.Value))], metadata));
        _folder.Write(TrainingOutputs.Evaluation, stream => JsonSerializer.Serialize(stream, evaluation, XrayJson.Indented));
        _folder.Write(TrainingOutputs.Model, stream => stream.Write(model));
        report(new TrainerCompleted(state.BestEpoch, state.History.Count, loop.StoppedEarly, WeightsDigest.Of(state.Best)));
    }

    private static void FitInitialWeights(TrainingJob job, Network network, FilmSet films, Device device)
    {
        var sample = FilmOrder.Of(films.Of(Split.Train), FilmsToFit, Seeds.Of(job.Recipe.Seed, Seeds.Purpose.InitialWeights))[0];
        using var fitted = films.Films(sample, device);
        InitialWeights.Fit(network, fitted);
    }

    private static void RequireSize(TrainingJob job, FilmSet films)
    {
        var input = job.Architecture.Input;
        if (films.Height != input.Height || films.Width != input.Width)
            throw new TrainingFailedException($"{job.Tensors[0]}: films of {films.Height} x {films.Width} pixels, but the network takes {input.Height} x {input.Width}.");
    }
}
