using Microsoft.AspNetCore.Connections;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.ControlPlane;
using XrayMlOps.Core.Access;
using XrayMlOps.InferenceApi;
using XrayMlOps.ServiceDefaults;
using XrayMlOps.Storage;
using XrayMlOps.Worker;

namespace XrayMlOps.Cli.Hosting;

/// <param name="DataDirectory">See <see cref="DataFolder"/>.</param>
/// <param name="Urls">Addresses to listen on, separated by semicolons; port 0 takes a free one.</param>
/// <param name="Model">The registered model whose champion is served.</param>
/// <param name="Verbose">Log what happens, not only what goes wrong.</param>
/// <param name="Workers">Runs at a time on the CPU; null leaves it to the configuration.</param>
/// <param name="GrpcUrl">Where the Open Inference Protocol is served over gRPC; null: nowhere.</param>
internal sealed record HostSettings(string DataDirectory, string Urls, string Model, bool Verbose, int? Workers = null, Uri? GrpcUrl = null);

/// <summary>
/// All hosts in one process: the control plane, a worker and the inference API, on SQLite and a folder unless connection strings name other storage.
/// </summary>
internal sealed class XrayHost : IAsyncDisposable
{
    private readonly DataFolder _data;
    private readonly WebApplication _app;

    private XrayHost(DataFolder data, WebApplication app) => (_data, _app) = (data, app);

    /// <summary>Where a client on this machine reaches it.</summary>
    public Uri Address { get; private set; } = new(ServerOption.DefaultAddress);

    /// <summary>Where it answers gRPC; null if nowhere.</summary>
    public Uri? GrpcAddress { get; private set; }

    internal IServiceProvider Services => _app.Services;

    /// <summary>Starts everything; answers when it is ready for requests.</summary>
    /// <exception cref="CommandFailure">The data folder or the address is not to be had.</exception>
    public static async Task<XrayHost> StartAsync(HostSettings settings, Terminal terminal, CancellationToken cancellationToken)
    {
        var data = DataFolder.Open(settings.DataDirectory);
        var host = new XrayHost(data, Build(settings, data, terminal));
        try
        {
            await host._app.StartAsync(cancellationToken);
            host.Address = Local(host._app.Urls.First());
            if (settings.GrpcUrl is not null) host.GrpcAddress = Local(host._app.Urls.Last());
            data.Announce(host.Address);
            return host;
        }
        catch (IOException problem) when (problem.InnerException is AddressInUseException)
        {
            await host.DisposeAsync();
            throw new CommandFailure(
                ExitCode.Failed,
                $"Another program listens on {(settings.GrpcUrl is { } grpc ? $"{settings.Urls} or {grpc.Authority}" : settings.Urls)} already. Stop it, or give other addresses: --urls http://127.0.0.1:5090");
        }
        catch (RegistryTooNewException problem)
        {
            await host.DisposeAsync();
            throw new CommandFailure(ExitCode.Failed, problem.Message);
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Serves until <paramref name="cancellationToken"/> is cancelled or the process is asked to end.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _app.WaitForShutdownAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _data.Dispose();
    }

    private static WebApplication Build(HostSettings settings, DataFolder data, Terminal terminal)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(XrayHost).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
        });
        const string secret = "ControlPlane:PseudonymSecret";
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:registry"] = builder.Configuration.GetConnectionString("registry") ?? data.RegistryConnection,
            ["ConnectionStrings:blobs"] = builder.Configuration.GetConnectionString("blobs") ?? data.Blobs,
            ["ControlPlane:ScratchFolder"] = data.Scratch,
            [secret] = builder.Configuration[secret] ?? PseudonymSecret.In(data.Path),
            [$"{LocalAdminKey.Section}:Secret"] = LocalAdminKey.In(data.Path),
            [$"{LocalAdminKey.Section}:Role"] = nameof(Role.Admin),
            ["Worker:Folder"] = data.Work,
            ["Inference:Model"] = settings.Model,
            ["Inference:Folder"] = data.Models,
            ["Inference:GrpcUrl"] = settings.GrpcUrl?.ToString(),
        });
        // Names that others make point to this machine are not its own.
        if (builder.Configuration["AllowedHosts"] is null && Addresses(settings.Urls).All(url => BindingAddress.Parse(url).Host is "localhost" or "127.0.0.1" or "[::1]"))
            builder.Configuration["AllowedHosts"] = "localhost;127.0.0.1;[::1]";
        if (settings.Workers is { } workers) builder.Configuration["Worker:Concurrency"] = $"{workers}";
        builder.WebHost.UseUrls(Addresses(settings.Urls));
        builder.Logging.ClearProviders().AddProvider(new TerminalLoggerProvider(terminal.Errors)).SetMinimumLevel(LogLevel.Warning);
        if (settings.Verbose) builder.Logging.AddFilter("XrayMlOps", LogLevel.Information);

        builder.AddServiceDefaults("all");
        builder.AddControlPlane();
        builder.AddWorker();
        builder.AddInferenceApi();

        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapControlPlane();
        app.MapInferenceApi();
        app.MapGet("/", (HttpRequest request) => HostPages.Of(new Uri($"{request.Scheme}://{request.Host}"))).ExcludeFromDescription().AllowAnonymous();
        return app;
    }

    private static string[] Addresses(string urls) => urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>The address that was bound; one that stands for every network becomes loopback.</summary>
    private static Uri Local(string url)
    {
        var address = new Uri(url);
        return address.Host is "0.0.0.0" or "[::]" ? new UriBuilder(address) { Host = "127.0.0.1" }.Uri : address;
    }
}
