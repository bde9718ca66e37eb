using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using XrayMlOps.ControlPlane;
using XrayMlOps.ServiceDefaults;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Runs.Bench;

/// <summary>The control plane on a port of its own, on a PostgreSQL database and a blob folder in a temporary folder.</summary>
internal sealed class RegistryServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly DirectoryInfo _data;

    private RegistryServer(WebApplication app, DirectoryInfo data)
    {
        (_app, _data) = (app, data);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Http = new HttpClient { BaseAddress = new Uri(address), Timeout = Timeout.InfiniteTimeSpan }.WithTestKey();
    }

    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<RegistryServer> StartAsync(string postgres)
    {
        var data = Directory.CreateTempSubdirectory("xray-bench-");
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:registry"] = postgres,
            ["ConnectionStrings:blobs"] = Path.Combine(data.FullName, "blobs"),
            ["ControlPlane:ScratchFolder"] = Path.Combine(data.FullName, "scratch"),
        });
        builder.Configuration.AddInMemoryCollection(TestKey.Settings);
        builder.Logging.ClearProviders();
        builder.AddServiceDefaults("bench");
        builder.AddControlPlane();
        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapControlPlane();
        await app.StartAsync();
        return new RegistryServer(app, data);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
        _data.Delete(recursive: true);
    }
}
