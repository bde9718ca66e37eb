using System.CommandLine;
using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Blobs;

namespace XrayMlOps.Cli.Datasets;

/// <summary><c>xray dataset gc</c>.</summary>
internal sealed class DatasetCollectCommand : ServerVerb
{
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Only say what would be freed" };

    public DatasetCollectCommand(Terminal terminal) : base("gc", "Free what no version, run or model names any more; safe beside a push", terminal) => Add(_dryRun);

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var collected = await client.CollectAsync(new CollectRequest(arguments.GetValue(_dryRun)), cancellationToken);
        if (json)
        {
            Terminal.WriteJson(collected);
            return ExitCode.Ok;
        }
        var freed = collected.DryRun ? "Would free" : "Freed";
        Terminal.Output.MarkupLineInterpolated($"[green]{freed}[/] {Figures.Count(collected.Blobs, "blob")}, {Figures.Size(collected.Bytes)}.");
        Terminal.Output.WriteLine($"In use: {Figures.Count(collected.KeptBlobs, "blob")}, {Figures.Size(collected.KeptBytes)}.");
        if (collected.PinnedBlobs > 0)
            Terminal.Output.WriteLine($"Kept for pushes that may be under way: {Figures.Count(collected.PinnedBlobs, "blob")}. Collect again later.");
        return ExitCode.Ok;
    }
}
