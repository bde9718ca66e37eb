using System.CommandLine;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Evaluation;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Models;

namespace XrayMlOps.Cli.Models;

/// <summary><c>xray models show</c>: all versions of a model, or one.</summary>
internal sealed class ModelsShowCommand : ServerVerb
{
    private readonly Argument<string> _model = new("model") { Description = "NAME (all its versions), NAME@ALIAS or NAME:VERSION" };

    public ModelsShowCommand(Terminal terminal) : base("show", "Show a model's versions, or one version and its figures", terminal) => Add(_model);

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var text = arguments.GetRequiredValue(_model);
        if (ModelReference.IsName(text))
        {
            var model = await client.ModelAsync(text, cancellationToken);
            if (json) Terminal.WriteJson(model);
            else WriteModel(model);
        }
        else
        {
            var version = await client.ModelVersionAsync(ModelReferences.Parse(text), cancellationToken);
            if (json) Terminal.WriteJson(version);
            else Terminal.Output.WriteModelVersion(version);
        }
        return ExitCode.Ok;
    }

    private void WriteModel(RegisteredModelResponse model)
    {
        var table = Tables.Of("Model", "Aliases", "#Run", "Dataset", "Network", "#Val. acc.", "#Test acc.", "#95 % interval", "Created");
        foreach (var version in model.Versions)
        {
            table.Row(
                version.Reference, string.Join(", ", version.Aliases), version.RunId.ToString(), version.Dataset, version.Architecture,
                Figures.Percent(version.ValidationAccuracy),
                Figures.Percent(version.Test.Accuracy), EvaluationView.Describe(version.Test.AccuracyInterval), Figures.Time(version.CreatedAt));
        }
        Terminal.Output.WriteWhole(table);
    }
}
