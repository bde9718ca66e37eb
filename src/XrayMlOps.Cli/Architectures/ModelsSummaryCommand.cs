using System.CommandLine;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Core.Architectures;

namespace XrayMlOps.Cli.Architectures;

/// <summary><c>xray models summary</c>: layer by layer, what a network computes. Needs no server.</summary>
internal sealed class ModelsSummaryCommand : Verb
{
    private readonly Argument<string> _architecture = new("architecture")
    {
        Description = $"One that ships ({string.Join(", ", ArchitectureCatalog.Names)}), or a .json file",
    };
    private readonly JsonOption _json = new();

    public ModelsSummaryCommand(Terminal terminal) : base("summary", "Show the layers of an architecture: shapes and parameters", terminal)
    {
        Add(_architecture);
        Add(_json);
    }

    protected override Task<ExitCode> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var architecture = ArchitectureCatalog.Find(arguments.GetRequiredValue(_architecture));
        var table = LayerTable.Of(architecture);
        if (arguments.GetValue(_json))
            Terminal.WriteJson(
                new ArchitectureSummary(
                    architecture.Name, architecture.Description, architecture.Digest(), architecture.Input, table.Rows, table.Parameters));
        else
            Write(architecture, table);
        return Task.FromResult(ExitCode.Ok);
    }

    private void Write(Architecture architecture, LayerTable summary)
    {
        var input = architecture.Input;
        var table = Tables.Of("Layer", "Type", "#Output shape", "#Parameters").Row(
            "", "input", Shape([input.Channels, input.Height, input.Width]), "");
        foreach (var row in summary.Rows)
            table.Row(
                row.Index.ToString(), Describe(architecture.Layers[row.Index]), Shape(row.OutputShape),
                row.Parameters == 0 ? "0" : Figures.Count(row.Parameters));
        table.Columns[3].Footer = new Spectre.Console.Text(Figures.Count(summary.Parameters));
        table.Columns[0].Footer = new Spectre.Console.Text("Total");

        Terminal.Output.Write(new Spectre.Console.Text($"{architecture.Name}: {architecture.Description}\n"));
        Terminal.Output.WriteWhole(table);
        Terminal.Output.WriteFacts(("Digest", architecture.Digest()));
    }

    private static string Shape(IReadOnlyList<int> shape) => string.Join(" x ", shape.Select(side => Figures.Count(side)));

    private static string Describe(Layer layer) => LayerTable.TypeName(layer) + layer switch
    {
        ConvolutionLayer conv =>
            $" {conv.Kernel}x{conv.Kernel}{(conv.Stride == 1 ? "" : $" / {conv.Stride}")}, {Describe(conv.Padding)}{Describe(conv.Activation)}",
        MaxPoolLayer pool => $" {pool.Size}x{pool.Size}",
        AveragePoolLayer pool => $" {pool.Size}x{pool.Size}",
        BatchNormLayer norm => Describe(norm.Activation),
        DropoutLayer dropout => $" {dropout.Rate}",
        DenseLayer dense => Describe(dense.Activation),
        _ => "",
    };

    private static string Describe(Padding padding) => padding == Padding.Same ? "same" : "valid";

    private static string Describe(Activation activation) => activation == Activation.Relu ? ", relu" : "";

    private sealed record ArchitectureSummary(
        string Name, string Description, string Digest, InputShape Input, IReadOnlyList<LayerRow> Layers, long Parameters);
}
