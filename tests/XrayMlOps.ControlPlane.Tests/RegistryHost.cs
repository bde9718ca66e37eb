using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using XrayMlOps.Core;
using XrayMlOps.Core.Blobs;
using XrayMlOps.ServiceDefaults;
using XrayMlOps.Storage;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.ControlPlane.Tests;

/// <summary>What a registry is kept in.</summary>
public enum Deployment
{
    /// <summary>SQLite and a folder.</summary>
    Embedded,

    /// <summary>PostgreSQL and Azure Blob Storage.</summary>
    Cloud,
}

/// <summary>A control plane on a port and a data folder of its own, as its program would run it.</summary>
public sealed class RegistryHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly bool _ownsData;

    private RegistryHost(WebApplication app, string data, bool ownsData)
    {
        (_app, Data, _ownsData) = (app, data, ownsData);
        Http = new HttpClient { BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()) }.WithTestKey();
    }

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public HttpClient Http { get; }

    public string Data { get; }

    public IServiceProvider Services => _app.Services;

    public IBlobStore Blobs => Services.GetRequiredService<IBlobStore>();

    /// <param name="data">The data folder of a host before, or null for an empty one that is removed afterwards.</param>
    /// <param name="settings">In place of, or beside, those that every host of the tests has.</param>
    /// <param name="clock">In place of the system's; Hangfire keeps to that.</param>
    public static async Task<RegistryHost> StartAsync(
        string? data = null, Action<WebApplication>? configureApp = null, Dictionary<string, string?>? settings = null, TimeProvider? clock = null)
    {
        var folder = data ?? Directory.CreateTempSubdirectory("xray-controlplane-").FullName;
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:registry"] = $"Data Source={Path.Combine(folder, "registry.db")}",
            ["ConnectionStrings:blobs"] = Path.Combine(folder, "blobs"),
            ["ControlPlane:ScratchFolder"] = Path.Combine(folder, "scratch"),
        });
        builder.Configuration.AddInMemoryCollection(TestKey.Settings);
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        builder.Logging.ClearProviders();
        if (clock is not null) builder.Services.AddSingleton(clock);
        builder.AddServiceDefaults("test");
        builder.AddControlPlane();
        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapControlPlane();
        configureApp?.Invoke(app);
        await app.StartAsync(Token);
        return new RegistryHost(app, folder, data is null);
    }

    /// <summary>A host on the stores of a <paramref name="deployment"/>, its data its own.</summary>
    public static async Task<RegistryHost> StartAsync(Deployment deployment, SharedServers servers) =>
        deployment == Deployment.Embedded ? await StartAsync() : await StartAsync(await servers.AzuriteAsync(), await (await servers.PostgresAsync()).CreateDatabaseAsync(Token));

    /// <summary>A host on a container of its own.</summary>
    public static Task<RegistryHost> StartAsync(AzuriteServer azurite, string postgres) => StartAsync(settings: new()
    {
        ["ConnectionStrings:registry"] = postgres,
        ["ConnectionStrings:blobs"] = $"{azurite.ConnectionString};ContainerName=test-{Guid.NewGuid():N}",
    });

    public async Task<T> GetAsync<T>(string path) => (await Http.GetFromJsonAsync<T>(path, XrayJson.Compact, Token))!;

    public Task<HttpResponseMessage> PostAsync<T>(string path, T body) => Http.PostAsJsonAsync(path, body, XrayJson.Compact, Token);

    public Task<HttpResponseMessage> PutAsync<T>(string path, T body) => Http.PutAsJsonAsync(path, body, XrayJson.Compact, Token);

    public Task<HttpResponseMessage> PatchAsync<T>(string path, T body) => Http.PatchAsJsonAsync(path, body, XrayJson.Compact, Token);

    public async Task<TResponse> PostAsync<TRequest, TResponse>(string path, TRequest body, HttpStatusCode expected)
    {
        using var response = await PostAsync(path, body);
        Assert.True(response.StatusCode == expected, $"{response.StatusCode}: {await response.Content.ReadAsStringAsync(Token)}");
        return (await response.Content.ReadFromJsonAsync<TResponse>(XrayJson.Compact, Token))!;
    }

    /// <summary>Asserts that a response is a problem of that status, and answers its detail.</summary>
    public static async Task<string> ProblemAsync(HttpStatusCode expected, Task<HttpResponseMessage> request)
    {
        using var response = await request;
        Assert.Equal(expected, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await response.Content.ReadFromJsonAsync<ProblemDetails>(Token);
        Assert.Equal((int)expected, problem?.Status);
        return problem?.Detail ?? "";
    }

    public async Task<T> WithRegistryAsync<T>(Func<RegistryDbContext, Task<T>> work)
    {
        await using var registry = await Services.GetRequiredService<IDbContextFactory<RegistryDbContext>>().CreateDbContextAsync(Token);
        return await work(registry);
    }

    /// <summary>Asks the host to stop, as a signal does, and waits until it has.</summary>
    public Task StopListeningAsync() => _app.StopAsync(Token);

    /// <summary>Stops the host and leaves its data.</summary>
    public async Task StopAsync()
    {
        Http.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_ownsData) Directory.Delete(Data, recursive: true);
    }
}
