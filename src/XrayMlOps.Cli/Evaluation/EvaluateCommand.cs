using System.CommandLine;
using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Datasets;
using XrayMlOps.Cli.Datasets.Sources;
using XrayMlOps.Cli.Hosting;
using XrayMlOps.Cli.Models;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Evaluation;
using XrayMlOps.Core.Models;
using XrayMlOps.Inference;

namespace XrayMlOps.Cli.Evaluation;

/// <summary><c>xray evaluate</c>: the server says which model, this machine scores the films.</summary>
internal sealed class EvaluateCommand : ServerVerb
{
    private readonly Option<string> _model = new("--model", "-m")
    {
        Description = ModelReferences.Forms,
        HelpName = "MODEL",
        DefaultValueFactory = _ => ModelReference.DefaultName,
    };
    private readonly Option<string> _images = new("--images", "-i") { Description = SourceOptions.Kinds, Required = true, HelpName = "PATH" };
    private readonly SourceOptions _source = new();

    public EvaluateCommand(Terminal terminal) : base("evaluate", "Score labelled films through a registered model", terminal)
    {
        Add(_model);
        Add(_images);
        _source.AddTo(Add);
    }

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var images = arguments.GetRequiredValue(_images);
        var rule = _source.Rule(arguments);
        using var source = await FilmSource.OpenAsync(images, _source.Settings(arguments), cancellationToken);
        var version = await client.ModelVersionAsync(ModelReferences.Parse(arguments.GetRequiredValue(_model)), cancellationToken);
        var onnx = await new ModelFile(client, DataFolder.ModelsOf(DataFolder.Resolve(null))).ReadAsync(version, cancellationToken);

        var people = Terminal.People(json);
        var started = Terminal.Time.GetTimestamp();
        using var session = ModelSession.Load(onnx);
        var folder = LabelledFilms.Read(source, rule(source));
        var score = await ProgressDisplay.ShowAsync(
            people, Terminal.Time, "Scoring", progress => new FolderEvaluation(session).RunAsync(folder, progress, cancellationToken));
        var took = Terminal.Time.GetElapsedTime(started);

        foreach (var film in score.Skipped) Terminal.Errors.MarkupLineInterpolated($"[yellow]skipped[/] {film.File}: {film.Reason}");
        people.MarkupLineInterpolated(
            $"[green]{version.Reference}[/] scored {Figures.Count(score.Report.N, "film")} in {Figures.Duration(took)} ({score.Report.N / took.TotalSeconds:N0} films/s).");
        if (json) Terminal.WriteJson(Document(version, images, score));
        else people.WriteReport(score.Report);
        return ExitCode.Ok;
    }

    private static EvaluationDocument Document(ModelVersionResponse version, string images, FolderScore score)
    {
        var report = score.Report;
        return new EvaluationDocument(
            version.Name, version.Version, version.Digest, Path.GetFullPath(images), score.Skipped, report.N, report.Accuracy,
            report.AccuracyInterval, report.MacroF1, report.MacroAuroc,
            report.LogLoss, report.BrierScore, report.ExpectedCalibrationError, report.Classes, report.Confusion);
    }

    /// <summary>What <c>--json</c> prints: the model, and beside it every figure of an <see cref="EvaluationReport"/>.</summary>
    private sealed record EvaluationDocument(
        string Model, int Version, string Digest, string Images, IReadOnlyList<RejectedFilm> Skipped, int N, double Accuracy,
        Interval AccuracyInterval, double MacroF1, double? MacroAuroc, double LogLoss, double BrierScore, double ExpectedCalibrationError,
        IReadOnlyList<ClassReport> Classes, IReadOnlyList<IReadOnlyList<int>> Confusion);
}
