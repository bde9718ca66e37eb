using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Spectre.Console;
using XrayMlOps.Cli.Architectures;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Hosting;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Models;

namespace XrayMlOps.Cli.Demo;

/// <summary><c>xray demo</c>: the main job from end to end, then a server to look around in.</summary>
internal sealed class DemoCommand : Verb
{
    private const string PhantomName = "phantoms";
    private const string PhantomArchitecture = "phantom_net";

    private readonly Option<string?> _images = new("--images", "-i")
    {
        Description = "A folder of labelled films [default: generated phantoms]",
        HelpName = "DIR",
    };
    private readonly Option<string?> _name = new("--name", "-n")
    {
        Description = $"Of the dataset and the model [default: {PhantomName}, or {ModelReference.DefaultName} with --images]",
        HelpName = "NAME",
    };
    private readonly Option<string?> _architecture = new("--arch", "-a")
    {
        Description = $"The network [default: {PhantomArchitecture}, or {ArchitectureCatalog.Default} with --images]",
        HelpName = "NAME|FILE",
    };
    private readonly Option<int?> _epochs = new("--epochs")
    {
        Description = "The most epochs to train [default: what suits the network]",
        HelpName = "N",
    };
    private readonly Option<bool> _exit = new("--exit") { Description = "End after the demo instead of serving on" };
    private readonly DataDirectoryOption _dataDirectory = new();
    private readonly UrlsOption _urls = new();
    private readonly VerboseOption _verbose = new();

    public DemoCommand(Terminal terminal) : base("demo", "Do the whole loop once: push, train, register, promote, predict; then serve", terminal)
    {
        Add(_images);
        Add(_architecture);
        Add(_epochs);
        Add(_exit);
        Add(_name);
        Add(_dataDirectory);
        Add(_urls);
        Add(_verbose);
    }

    protected override async Task<ExitCode> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var images = arguments.GetValue(_images);
        var demo = new DemoSettings(
            images,
            arguments.GetValue(_name) ?? (images is null ? PhantomName : ModelReference.DefaultName),
            arguments.GetValue(_architecture) ?? (images is null ? PhantomArchitecture : ArchitectureCatalog.Default),
            arguments.GetValue(_epochs));
        // What is wrong with the command line is said before anything is started.
        _ = ArchitectureCatalog.Find(demo.Architecture);
        if (images is not null && !Directory.Exists(images)) throw new CommandFailure(ExitCode.BadInput, $"There is no folder {images}.");

        var settings = new HostSettings(
            DataFolder.Resolve(arguments.GetValue(_dataDirectory)), arguments.GetValue(_urls) ?? FreeAddress(), demo.Name,
            arguments.GetValue(_verbose));
        await using var host = await XrayHost.StartAsync(settings, Terminal, cancellationToken);
        Terminal.Output.MarkupLineInterpolated(
            $"[green]XrayMlOps is ready[/] at {host.Address.GetLeftPart(UriPartial.Authority)}, data in {settings.DataDirectory}");
        using (var client = new RegistryClient(host.Address, LocalAdminKey.Find(settings.DataDirectory))) await new DemoLoop(client, Terminal, demo).RunAsync(cancellationToken);
        Terminal.Output.MarkupLine("\n[bold]Look around[/]");
        Terminal.Output.WriteHost(host, settings);
        Terminal.Output.WriteLine($"\n  curl --data-binary @FILM.jpeg -H 'Content-Type: image/jpeg' -H \"X-API-Key: $(cat {LocalAdminKey.PathIn(settings.DataDirectory)})\" {HostPages.Of(host.Address).Predict}");
        if (arguments.GetValue(_exit))
        {
            Terminal.Output.MarkupLineInterpolated($"[green]Done.[/] All of it is kept, and served again by: xray up{UpOptions(settings, arguments)}");
            return ExitCode.Ok;
        }

        Terminal.Output.WriteLine("Ctrl-C ends it; everything is kept in the data folder.");
        await host.WaitAsync(cancellationToken);
        Terminal.Output.WriteLine("Stopped.");
        return ExitCode.Ok;
    }

    /// <summary>What <c>xray up</c> must be told to serve what the demo made.</summary>
    private string UpOptions(HostSettings settings, ParseResult arguments) =>
        (settings.Model == ModelReference.DefaultName ? "" : $" --model {settings.Model}")
        + (arguments.GetValue(_dataDirectory) is null ? "" : $" --data-dir {settings.DataDirectory}");

    /// <summary>The default address, or a free port where another program has it.</summary>
    private static string FreeAddress()
    {
        var address = new Uri(ServerOption.DefaultAddress);
        try
        {
            using var probe = new TcpListener(IPAddress.Parse(address.Host), address.Port);
            probe.Start();
            return ServerOption.DefaultAddress;
        }
        catch (SocketException)
        {
            return new UriBuilder(address) { Port = 0 }.Uri.AbsoluteUri;
        }
    }
}
