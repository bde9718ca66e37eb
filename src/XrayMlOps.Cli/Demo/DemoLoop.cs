using Spectre.Console;
using XrayMlOps.Cli.Architectures;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Datasets;
using XrayMlOps.Cli.Datasets.Push;
using XrayMlOps.Cli.Phantoms;
using XrayMlOps.Cli.Predictions;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Cli.Runs;
using XrayMlOps.Cli.Runs.Watching;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Models;
using XrayMlOps.Core.Predictions;
using XrayMlOps.Core.Runs;
using XrayMlOps.Imaging.Phantoms;

namespace XrayMlOps.Cli.Demo;

/// <summary>The loop once around, over the same HTTP API that every other verb uses: push, train, register, promote, predict.</summary>
internal sealed class DemoLoop(RegistryClient client, Terminal terminal, DemoSettings settings)
{
    private static readonly TimeSpan SwapLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);

    private readonly IAnsiConsole _console = terminal.Output;
    private int _step;

    /// <exception cref="CommandFailure">A step failed; the message says which and why.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var dataset = settings.Images is { } images ? await PushAsync(images, cancellationToken) : await PushPhantomsAsync(cancellationToken);
        var run = await TrainAsync(dataset, cancellationToken);
        var model = await PromoteAsync(run, cancellationToken);
        await PredictAsync(dataset, model, cancellationToken);
        Step($"What run {run.Id} came to");
        _console.WriteRun(await client.RunAsync(run.Id, cancellationToken)); // which knows its model by now
    }

    private async Task<DatasetVersionResponse> PushPhantomsAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("xray-phantoms-");
        try
        {
            Step("Generate synthetic chest films (for real ones: --images DIR)");
            var films = await PhantomFilms.WriteAsync(folder.FullName, new PhantomOptions(), _console, terminal.Time, cancellationToken);
            _console.WriteLine(
                $"  {Figures.Count(films.Count, "film")} of {Figures.Count(films.DistinctBy(film => film.Patient).Count(), "patient")}");
            return await PushAsync(folder.FullName, cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<DatasetVersionResponse> PushAsync(string images, CancellationToken cancellationToken)
    {
        Step($"Push the films as dataset {settings.Name}: stored once by content, split by patient");
        var outcome = await new DatasetPush(client, _console, terminal.Time).RunAsync(images, new PushSettings(settings.Name), cancellationToken);
        _console.WritePush(outcome);
        return outcome.Version;
    }

    private async Task<RunResponse> TrainAsync(DatasetVersionResponse dataset, CancellationToken cancellationToken)
    {
        var architecture = ArchitectureCatalog.Find(settings.Architecture);
        var recipe = settings.Epochs is { } epochs ? architecture.Recipe with { Epochs = epochs } : architecture.Recipe;
        Step($"Train {architecture.Name} on {dataset.Reference}, in a process of its own (loss and accuracy; * is the best so far)");
        var asked = await client.TrainAsync(
            new TrainRequest(
                dataset.Reference, architecture, recipe, GitCommit: await WorkingTree.CommitAsync(cancellationToken)), cancellationToken);
        var run = await new RunFollower(client, _console, terminal.Time).FollowAsync(asked.Id, cancellationToken);
        return run.State == RunState.Succeeded
            ? run
            : throw new CommandFailure(
                ExitCode.Failed,
                $"Run {run.Id} {run.State.ToString().ToLowerInvariant()}: {run.Reason}\n{await client.RunLogAsync(run.Id, cancellationToken)}");
    }

    private async Task<ModelVersionResponse> PromoteAsync(RunResponse run, CancellationToken cancellationToken)
    {
        Step("Register the model and make it champion");
        var model = await client.RegisterAsync(settings.Name, run.Id, cancellationToken);
        var promotion = await client.PromoteAsync(
            model.Name, new PromoteRequest(model.Version, Reason: "demo", By: Environment.UserName), cancellationToken);
        var before = promotion.PreviousVersion is { } previous ? $"; version {previous} was" : "";
        _console.WriteLine($"  {model.Reference} is {promotion.Alias}{before}. ONNX, {Figures.Size(model.Bytes)}, sha256:{Figures.Short(model.Digest)}");
        return model;
    }

    private async Task PredictAsync(DatasetVersionResponse dataset, ModelVersionResponse model, CancellationToken cancellationToken)
    {
        Step("Ask the inference endpoint about a film of the test split, which the network never saw");
        var manifest = await client.ManifestAsync(dataset.Reference, cancellationToken);
        var film = manifest.First(entry => entry.Split == Split.Test);
        using var content = new MemoryStream();
        await client.CopyBlobAsync(film.Digest, content, cancellationToken);
        content.Position = 0;

        await WaitUntilServedAsync(model, cancellationToken);
        var prediction = await client.PredictAsync(content, model: null, explain: false, cancellationToken);
        _console.WritePrediction(film.File, prediction, film.Label);
    }

    /// <summary>The inference host notices a new champion by itself; until then it serves the one before, or none.</summary>
    private async Task WaitUntilServedAsync(ModelVersionResponse model, CancellationToken cancellationToken)
    {
        var started = terminal.Time.GetTimestamp();
        while (await ServedAsync(cancellationToken) is var served && (served?.Name, served?.Version) != (model.Name, model.Version))
        {
            if (terminal.Time.GetElapsedTime(started) > SwapLimit)
            {
                var instead = served is null ? "nothing" : $"{served.Name}:{served.Version}";
                throw new CommandFailure(
                    ExitCode.Failed, $"{model.Reference} is champion, but the inference endpoint still serves {instead}: run again with --verbose to see why.");
            }
            await Task.Delay(BetweenLooks, terminal.Time, cancellationToken);
        }
    }

    private async Task<ServedModel?> ServedAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await client.ServedModelAsync(cancellationToken);
        }
        catch (ServerProblem problem) when (problem.Status == System.Net.HttpStatusCode.ServiceUnavailable)
        {
            return null;
        }
    }

    private void Step(string title) => _console.MarkupLineInterpolated($"\n[bold]{++_step}. {title}[/]");
}
