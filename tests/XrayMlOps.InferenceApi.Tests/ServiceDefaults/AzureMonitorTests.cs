using System.Collections.Concurrent;
using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace XrayMlOps.InferenceApi.Tests.ServiceDefaults;

public sealed class AzureMonitorTests
{
    [Fact]
    public async Task Requests_are_told_to_Azure_Monitor_where_its_connection_string_is_set()
    {
        using var cache = new TemporaryFolder();
        await using var plane = await FakeControlPlane.StartAsync();
        await using var monitor = await Ingestion.StartAsync();
        await using (var host = await InferenceHost.StartAsync(cache, plane.Url, settings: ("APPLICATIONINSIGHTS_CONNECTION_STRING", monitor.ConnectionString)))
        {
            using var answer = await host.Client.GetAsync(new Uri("/v1/model?asked=for", UriKind.Relative), TestContext.Current.CancellationToken);
            await host.StopAsync();
        }

        Assert.Contains(monitor.Received, told => told.Contains("/v1/model", StringComparison.Ordinal));
    }

    /// <summary>Takes what an exporter sends.</summary>
    private sealed class Ingestion(WebApplication app) : IAsyncDisposable
    {
        public ConcurrentQueue<string> Received { get; } = new();

        public string ConnectionString => $"InstrumentationKey=5f0c954e-8a4d-4bd2-9a39-4f0f4c2b6c11;IngestionEndpoint={app.Urls.First()}/";

        public static async Task<Ingestion> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            var ingestion = new Ingestion(builder.Build());
            await ingestion.RunAsync();
            return ingestion;
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();

        private Task RunAsync()
        {
            app.Urls.Add("http://127.0.0.1:0");
            app.MapPost("/v2.1/track", async (HttpRequest request) =>
            {
                await using var body = request.Headers.ContentEncoding == "gzip" ? new GZipStream(request.Body, CompressionMode.Decompress) : request.Body;
                using var reader = new StreamReader(body);
                Received.Enqueue(await reader.ReadToEndAsync());
                return Results.Json(new { itemsReceived = 1, itemsAccepted = 1, errors = Array.Empty<object>() });
            });
            return app.StartAsync();
        }
    }
}
