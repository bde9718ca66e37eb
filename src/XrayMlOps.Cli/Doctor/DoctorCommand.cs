using System.CommandLine;
using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Hosting;

namespace XrayMlOps.Cli.Doctor;

/// <summary><c>xray doctor</c>: what this machine has, what it lacks, and what to do about it.</summary>
internal sealed class DoctorCommand : Verb
{
    private readonly DataDirectoryOption _dataDirectory = new();
    private readonly ServerOption _server = new();
    private readonly JsonOption _json = new();

    public DoctorCommand(Terminal terminal)
        : base("doctor", "Say what this machine has and lacks; exit code 1 if the main job would not run", terminal)
    {
        Add(_dataDirectory);
        Add(_server);
        Add(_json);
    }

    protected override async Task<ExitCode> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        IExamination[] examinations =
        [
            new MachineExamination(),
            new DataFolderExamination(DataFolder.Resolve(arguments.GetValue(_dataDirectory))),
            new SqliteExamination(),
            new ImagingExamination(),
            new OnnxRuntimeExamination(),
            new TrainerExamination(),
            new ServerExamination(arguments.GetRequiredValue(_server)),
        ];
        List<Finding> findings = [];
        foreach (var examination in examinations) findings.AddRange(await ExamineAsync(examination, cancellationToken));

        var ready = findings.TrueForAll(finding => finding.State != FindingState.Missing);
        if (arguments.GetValue(_json)) Terminal.WriteJson(new Diagnosis(ready, findings));
        else Write(findings, ready);
        return ready ? ExitCode.Ok : ExitCode.Failed;
    }

    /// <summary>An examination of what is broken may fail in any way, a native library that does not load included.</summary>
    private static async Task<IReadOnlyList<Finding>> ExamineAsync(IExamination examination, CancellationToken cancellationToken)
    {
        try
        {
            return await examination.ExamineAsync(cancellationToken);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            return [new Finding(examination.Name, FindingState.Missing, (problem.InnerException ?? problem).Message, examination.Advice)];
        }
    }

    private void Write(List<Finding> findings, bool ready)
    {
        var grid = new Grid()
            .AddColumn(new GridColumn().NoWrap().Padding(2, 0, 2, 0)).AddColumn(new GridColumn().NoWrap().Padding(0, 0, 3, 0)).AddColumn();
        foreach (var finding in findings)
        {
            var (colour, word) = finding.State switch
            {
                FindingState.Ok => (Color.Green, "ok"),
                FindingState.Warning => (Color.Yellow, "warning"),
                _ => (Color.Red, "missing"),
            };
            grid.AddRow(new Text(word, new Style(colour)), new Text(finding.Name), new Text(finding.Detail));
            if (finding.Advice is { } advice) grid.AddRow(new Text(""), new Text(""), new Text(advice, new Style(Color.Grey)));
        }
        Terminal.Output.WriteWhole(grid);
        Terminal.Output.MarkupLine(ready ? "[green]Ready.[/] Try: xray demo" : "[red]Not ready:[/] see what is missing above.");
    }

    private sealed record Diagnosis(bool Ready, IReadOnlyList<Finding> Findings);
}
