using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using XrayMlOps.ControlPlane;
using XrayMlOps.Core;
using XrayMlOps.Core.Access;
using XrayMlOps.InferenceApi;
using XrayMlOps.ServiceDefaults;
using XrayMlOps.Testing.Servers;
using XrayMlOps.Worker;

namespace XrayMlOps.Cli.Tests.Access;

/// <summary>All hosts in one process, with a key of every role, and an issuer of tokens beside them.</summary>
internal sealed class AccessHost : IAsyncDisposable
{
    private readonly TestFolder _data;
    private readonly WebApplication _app;

    private AccessHost(TestFolder data, WebApplication app, FakeIssuer issuer) => (_data, _app, Issuer) = (data, app, issuer);

    public FakeIssuer Issuer { get; }

    public Uri Address => new(_app.Urls.First());

    public IReadOnlyList<RouteEndpoint> Endpoints => [.. _app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    public static string KeyOf(string name) => $"key-of-the-{name}-0123456789";

    public static async Task<AccessHost> StartAsync()
    {
        TestFolder data = new();
        var issuer = await FakeIssuer.StartAsync();
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        Dictionary<string, string?> settings = new()
        {
            ["urls"] = "http://127.0.0.1:0",
            ["ConnectionStrings:registry"] = $"Data Source={Path.Combine(data.Path, "registry.db")}",
            ["ConnectionStrings:blobs"] = Path.Combine(data.Path, "blobs"),
            ["ControlPlane:ScratchFolder"] = Path.Combine(data.Path, "scratch"),
            ["Worker:Folder"] = Path.Combine(data.Path, "work"),
            ["Inference:Folder"] = Path.Combine(data.Path, "models"),
            ["Authentication:Oidc:Authority"] = issuer.Address,
            ["Authentication:Oidc:Audience"] = FakeIssuer.Audience,
            ["RateLimits:AnonymousBurst"] = "100000", // every caller of the table asks from one address
            ["Authentication:Keys:expired:Expires"] = "2020-01-01T00:00:00Z",
        };
        foreach (var role in Enum.GetNames<Role>()) Declare(role.ToLowerInvariant(), role);
        Declare("expired", "admin");
        builder.Configuration.AddInMemoryCollection(settings);
        builder.AddServiceDefaults("test");
        builder.AddControlPlane();
        builder.AddWorker();
        builder.AddInferenceApi();
        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapControlPlane();
        app.MapInferenceApi();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new AccessHost(data, app, issuer);

        void Declare(string name, string role)
        {
            foreach (var (setting, value) in TestKey.Declare(name, KeyOf(name), role)) settings[setting] = value;
        }
    }

    public HttpClient Client(string? bearer) => new(new HttpClientHandler { AllowAutoRedirect = false })
    {
        BaseAddress = Address,
        DefaultRequestHeaders = { Authorization = bearer is null ? null : new AuthenticationHeaderValue("Bearer", bearer) },
    };

    /// <summary>An admin's key that was made and revoked.</summary>
    public async Task<string> RevokedKeyAsync()
    {
        using var admin = Client(KeyOf("admin"));
        using var made = await admin.PostAsJsonAsync("/api/keys", new CreateKeyRequest("gone", Role.Admin), XrayJson.Compact, TestContext.Current.CancellationToken);
        var key = (await made.Content.ReadFromJsonAsync<IssuedKeyResponse>(XrayJson.Compact, TestContext.Current.CancellationToken))!;
        using var revoked = await admin.DeleteAsync($"/api/keys/{key.Issued.Id}", TestContext.Current.CancellationToken);
        revoked.EnsureSuccessStatusCode();
        return key.Key;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        await Issuer.DisposeAsync();
        _data.Dispose();
    }
}
