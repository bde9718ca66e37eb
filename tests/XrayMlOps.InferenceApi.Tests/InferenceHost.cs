using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using XrayMlOps.Core;
using XrayMlOps.Core.Predictions;
using XrayMlOps.ServiceDefaults;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.InferenceApi.Tests;

/// <summary>The real inference host on a port of its own.</summary>
internal sealed class InferenceHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private InferenceHost(WebApplication app)
    {
        _app = app;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) }.WithTestKey();
    }

    public HttpClient Client { get; }

    /// <summary>What it listens on; the address for gRPC, if there is one, comes last.</summary>
    public IReadOnlyList<string> Urls => [.. _app.Urls];

    public IServiceProvider Services => _app.Services;

    /// <param name="controlPlane">Null: it is in this process, mapped by <paramref name="map"/>.</param>
    public static async Task<InferenceHost> StartAsync(
        TemporaryFolder cache, Uri? controlPlane, Action<IEndpointRouteBuilder>? map = null, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Inference:Folder"] = cache.Path,
            ["Inference:PollSeconds"] = "0.05",
            ["Inference:LogSeconds"] = "0.01",
            ["ControlPlane:Url"] = controlPlane?.ToString(),
        });
        builder.Configuration.AddInMemoryCollection(TestKey.Settings);
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.AddServiceDefaults("inference");
        builder.AddInferenceApi();
        var app = builder.Build();
        if (app.Configuration["Inference:GrpcUrl"] is null) app.Urls.Add("http://127.0.0.1:0");
        app.MapServiceDefaults();
        app.MapInferenceApi();
        map?.Invoke(app.MapGroup("").AllowAnonymous());
        await app.StartAsync();
        return new InferenceHost(app);
    }

    /// <summary>Waits until the host serves that model.</summary>
    public async Task ServesAsync(ServedModel model)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await Eventually.HoldsAsync($"{model.Name}:{model.Version} is served", async () =>
        {
            using var response = await Client.GetAsync(new Uri("/v1/model", UriKind.Relative), cancellationToken);
            return response.IsSuccessStatusCode && await response.Content.ReadFromJsonAsync<ServedModel>(XrayJson.Compact, cancellationToken) == model;
        });
    }

    public Task<HttpResponseMessage> PostAsync(byte[] body, string contentType = "image/png", string path = "/v1/predict")
    {
        var content = new ByteArrayContent(body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(contentType) } };
        return Client.PostAsync(new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken);
    }

    public async Task<PredictionResponse> PredictAsync(byte[] film, string path = "/v1/predict")
    {
        using var response = await PostAsync(film, path: path);
        Assert.Equal(System.Net.HttpStatusCode.OK, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<PredictionResponse>(XrayJson.Compact, TestContext.Current.CancellationToken))!;
    }

    public Task<HttpResponseMessage> SendFeedbackAsync(FeedbackRequest feedback) =>
        Client.PostAsJsonAsync(new Uri("/v1/feedback", UriKind.Relative), feedback, XrayJson.Compact, TestContext.Current.CancellationToken);

    /// <summary>Stops as Ctrl-C does.</summary>
    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}

internal static class Eventually
{
    /// <summary>Waits for something that must come, and fails the test, naming it, if it never does.</summary>
    public static async Task HoldsAsync(string what, Func<Task<bool>> holds)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (!await holds())
        {
            Assert.False(limit.IsCancellationRequested, $"never came true: {what}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    public static Task HoldsAsync(string what, Func<bool> holds) => HoldsAsync(what, () => Task.FromResult(holds()));
}

/// <summary>A folder that goes with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("xray-inference-").FullName;

    /// <summary>A host that was disposed of without being stopped, as if it had been killed, may be writing its last file.</summary>
    public void Dispose()
    {
        for (var triesLeft = 50; Directory.Exists(Path); triesLeft--)
        {
            try
            {
                Directory.Delete(Path, recursive: true);
            }
            catch (IOException) when (triesLeft > 0)
            {
                Thread.Sleep(20);
            }
        }
    }
}
