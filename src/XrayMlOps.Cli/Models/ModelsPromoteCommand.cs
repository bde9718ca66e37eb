using System.CommandLine;
using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Models;

namespace XrayMlOps.Cli.Models;

/// <summary><c>xray models promote</c>.</summary>
internal sealed class ModelsPromoteCommand : ServerVerb
{
    private readonly Argument<string> _model = new("model") { Description = "NAME:VERSION" };
    private readonly Option<string> _alias = new("--alias")
    {
        Description = "The alias to point at it",
        HelpName = "NAME",
        DefaultValueFactory = _ => ModelReference.Champion,
    };
    private readonly Option<string?> _reason = new("--reason") { Description = "Why, for the ledger", HelpName = "TEXT" };

    public ModelsPromoteCommand(Terminal terminal)
        : base("promote", "Point an alias at a model version; the champion is what the inference endpoint serves", terminal)
    {
        Add(_model);
        Add(_alias);
        Add(_reason);
    }

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var model = ModelReferences.ParseVersion(arguments.GetRequiredValue(_model));
        var request = new PromoteRequest(model.Version!.Value, arguments.GetRequiredValue(_alias), arguments.GetValue(_reason), Environment.UserName);
        var promotion = await client.PromoteAsync(model.Name, request, cancellationToken);
        if (json) Terminal.WriteJson(promotion);
        else
            Terminal.Output.MarkupLineInterpolated(
                $"[green]{promotion.Name}@{promotion.Alias}[/] is version {promotion.Version} now{(promotion.PreviousVersion is { } previous ? $"; it was {previous}" : "")}.");
        return ExitCode.Ok;
    }
}
