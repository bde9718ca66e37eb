using System.CommandLine;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Datasets.Push;
using XrayMlOps.Cli.Datasets.Sources;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Datasets;

/// <summary><c>xray dataset relabel</c>.</summary>
internal sealed class DatasetRelabelCommand : ServerVerb
{
    private readonly VersionArgument _base = new("base", "The version to begin with: ");
    private readonly Argument<string> _labels = new("labels") { Description = "A table (.csv) with the column label, and file or digest to name the film" };
    private readonly VersionOptions _version = new();

    public DatasetRelabelCommand(Terminal terminal) : base("relabel", "Make a version of another one with reviewed labels", terminal)
    {
        Add(_base);
        Add(_labels);
        _version.AddTo(Add);
    }

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var origin = arguments.GetRequiredValue(_base);
        var labels = Read(arguments.GetRequiredValue(_labels));
        var request = _version.Apply(new PushRequest([]) { Base = origin, Labels = labels }, arguments);
        var people = Terminal.People(json);
        var completed = await new DatasetPush(client, people, Terminal.Time).PublishAsync(VersionArgument.DatasetOf(origin), request, cancellationToken);
        people.WriteDerived(completed, origin);
        if (json) Terminal.WriteJson(completed);
        return ExitCode.Ok;
    }

    /// <exception cref="CommandFailure">A line is wrong; every one is named, for a review is applied whole or not at all.</exception>
    private static List<LabelCorrection> Read(string file)
    {
        if (!File.Exists(file)) throw new CommandFailure(ExitCode.BadInput, $"There is no file {file}.");
        using var table = new TableFile(file);
        var label = table.Column("label");
        var (digest, path) = (table.Column(null, "digest"), table.Column(null, "file", "path"));
        if (digest is null && path is null) throw table.NoColumn("file");

        List<LabelCorrection> labels = [];
        List<string> problems = [];
        foreach (var row in table.Rows(bad => problems.Add($"line {bad.Line}: {bad.Reason}")))
        {
            var (named, place) = (row.Cell(digest) is { Length: > 0 } cell ? cell : null, row.Cell(path));
            if (!ImageLabels.TryParse(row.Cell(label)!, out var said)) problems.Add($"line {row.Line}: the label '{row.Cell(label)}' is no class: {string.Join(", ", ImageLabels.Names)}");
            else if (named is null && place is not { Length: > 0 }) problems.Add($"line {row.Line}: it names no film");
            else labels.Add(named is null ? new LabelCorrection(said, File: place) : new LabelCorrection(said, named));
        }
        if (problems.Count > 0) throw new CommandFailure(ExitCode.BadInput, $"{file} cannot be applied:\n  {string.Join("\n  ", problems)}");
        return labels.Count > 0 ? labels : throw new CommandFailure(ExitCode.BadInput, $"{file} names no film.");
    }
}
