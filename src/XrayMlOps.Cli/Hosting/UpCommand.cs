using System.CommandLine;
using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Core.Models;

namespace XrayMlOps.Cli.Hosting;

/// <summary><c>xray up</c>.</summary>
internal sealed class UpCommand : Verb
{
    private readonly DataDirectoryOption _dataDirectory = new();
    private readonly UrlsOption _urls = new();
    private readonly GrpcUrlOption _grpcUrl = new();
    private readonly Option<string> _model = new("--model", "-m")
    {
        Description = "The registered model whose champion is served",
        HelpName = "NAME",
        DefaultValueFactory = _ => ModelReference.DefaultName,
    };
    private readonly Option<int?> _workers = new("--workers")
    {
        Description = "Runs to train at a time on the CPU, which share its cores [default: 1]; each GPU trains one more",
        HelpName = "N",
    };
    private readonly VerboseOption _verbose = new();

    public UpCommand(Terminal terminal) : base("up", "Start the whole platform in one process, on embedded storage", terminal)
    {
        Add(_dataDirectory);
        Add(_urls);
        Add(_grpcUrl);
        Add(_model);
        Add(_workers);
        Add(_verbose);
        _workers.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1 or > 64) result.AddError("--workers: 1 to 64 are allowed.");
        });
    }

    protected override async Task<ExitCode> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var urls = arguments.GetValue(_urls) ?? ServerOption.DefaultAddress;
        var settings = new HostSettings(
            DataFolder.Resolve(arguments.GetValue(_dataDirectory)), urls, arguments.GetRequiredValue(_model), arguments.GetValue(_verbose), arguments.GetValue(_workers),
            GrpcUrlOption.Resolve(arguments.GetValue(_grpcUrl), urls));
        await using var host = await XrayHost.StartAsync(settings, Terminal, cancellationToken);
        Terminal.Output.MarkupLine("[green]XrayMlOps is ready.[/]");
        Terminal.Output.WriteHost(host, settings);
        Terminal.Output.WriteLine("Ctrl-C ends it.");
        await host.WaitAsync(cancellationToken);
        Terminal.Output.WriteLine("Stopped. Everything is kept in the data folder.");
        return ExitCode.Ok;
    }
}
