using System.CommandLine;
using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;

namespace XrayMlOps.Cli.Models;

/// <summary><c>xray models list</c>.</summary>
internal sealed class ModelsListCommand(Terminal terminal) : ServerVerb("list", "List the registered models", terminal)
{
    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var models = await client.ModelsAsync(cancellationToken).ToListAsync(cancellationToken);
        if (json)
        {
            Terminal.WriteJson(models);
        }
        else if (models.Count == 0)
        {
            Terminal.Output.WriteLine("No model is registered yet. Register a run's: xray models register RUN --name NAME");
        }
        else
        {
            var table = Tables.Of("Model", "#Versions", "Aliases", "#Latest test accuracy", "Created");
            foreach (var model in models)
            {
                var aliases = model.Aliases.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} = {pair.Value}");
                table.Row(
                    model.Name, Figures.Count(model.Versions.Count), string.Join(", ", aliases),
                    Figures.Percent(model.Versions is [var latest, ..] ? latest.Test.Accuracy : null), Figures.Time(model.CreatedAt));
            }
            Terminal.Output.WriteWhole(table);
        }
        return ExitCode.Ok;
    }
}
