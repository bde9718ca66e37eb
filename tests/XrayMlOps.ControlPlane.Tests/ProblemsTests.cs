using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Storage;

namespace XrayMlOps.ControlPlane.Tests;

public sealed class ProblemsTests(ProblemsTests.Fixture fixture) : IClassFixture<ProblemsTests.Fixture>
{
    private static readonly string s_noBlob = new('0', 64);
    private readonly RegistryHost _host = fixture.Host;

    [Theory]
    [InlineData("GET", "/api/nothing", HttpStatusCode.NotFound)]
    [InlineData("DELETE", "/api/runs", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/api/runs/7", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/runs/7/log", HttpStatusCode.NotFound)]
    [InlineData("POST", "/api/runs/7/cancel", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/runs?limit=0", HttpStatusCode.BadRequest)]
    [InlineData("GET", "/api/runs?limit=201", HttpStatusCode.BadRequest)]
    [InlineData("GET", "/api/runs?limit=some", HttpStatusCode.BadRequest)]
    [InlineData("GET", "/api/runs?after=there", HttpStatusCode.BadRequest)]
    [InlineData("GET", "/api/datasets/chest", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/datasets/chest@0", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/datasets/chest/manifest", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/blobs/xyz", HttpStatusCode.BadRequest)]
    [InlineData("PUT", "/api/films/xyz", HttpStatusCode.BadRequest)]
    [InlineData("GET", "/api/models/m", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/models/m/versions/1", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/models/m/aliases/champion", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/models/m/promotions", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/models/m/accuracy", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/models/m/accuracy?periodHours=0", HttpStatusCode.BadRequest)]
    [InlineData("DELETE", "/api/schedules/nightly", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/schedules/nightly", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/schedules/nightly/firings", HttpStatusCode.NotFound)]
    [InlineData("POST", "/api/schedules/nightly/fire", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/sweeps/7", HttpStatusCode.NotFound)]
    [InlineData("POST", "/api/sweeps/7/stop", HttpStatusCode.NotFound)]
    [InlineData("POST", "/api/sweeps/7/resume", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/sweeps?limit=0", HttpStatusCode.BadRequest)]
    [InlineData("GET", "/fails", HttpStatusCode.InternalServerError)]
    public async Task Wrong_request_is_answered_with_a_problem(string method, string path, HttpStatusCode expected) =>
        await RegistryHost.ProblemAsync(expected, _host.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), RegistryHost.Token));

    [Theory]
    [InlineData("/api/runs", "{", "JSON")]
    [InlineData("/api/runs", "{}", "dataset")]
    [InlineData("/api/feedback", """{"predictionId":"5f0c954e-8a4d-4bd2-9a39-4f0f4c2b6c11"}""", "label")]
    [InlineData("/api/feedback", """{"predictionId":"5f0c954e-8a4d-4bd2-9a39-4f0f4c2b6c11","label":"healthy"}""", "label")]
    [InlineData("/api/films/missing", """{"digests":null}""", "digests")]
    [InlineData("/api/models/m/versions", "{}", "runId")]
    [InlineData("/api/predictions", "null", "batch")]
    public async Task Body_that_cannot_be_read_is_named(string path, string body, string expected)
    {
        var detail = await RegistryHost.ProblemAsync(HttpStatusCode.BadRequest, PostTextAsync(path, body, "application/json"));

        Assert.Contains(expected, detail, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Body_of_another_type_is_unsupported() =>
        await RegistryHost.ProblemAsync(HttpStatusCode.UnsupportedMediaType, PostTextAsync("/api/runs", "hello", "text/plain"));

    [Fact]
    public async Task Unexpected_failure_tells_nothing_of_its_inside()
    {
        var detail = await RegistryHost.ProblemAsync(HttpStatusCode.InternalServerError, _host.Http.GetAsync("/fails", RegistryHost.Token));

        Assert.DoesNotContain("secret", detail, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("/store-away", "http://films.example does not answer")]
    [InlineData("/database-away", "registry's database does not answer")]
    public async Task Store_that_is_away_is_said_with_when_to_ask_again(string path, string expected)
    {
        using var response = await _host.Http.GetAsync(path, RegistryHost.Token);

        Assert.Equal(TimeSpan.FromSeconds(5), response.Headers.RetryAfter?.Delta);
        Assert.Contains(expected, await RegistryHost.ProblemAsync(HttpStatusCode.ServiceUnavailable, Task.FromResult(response)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Blob_that_nobody_stored_is_not_found()
    {
        var detail = await RegistryHost.ProblemAsync(HttpStatusCode.NotFound, _host.Http.GetAsync($"/api/blobs/{s_noBlob}", RegistryHost.Token));

        Assert.Contains(s_noBlob, detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_is_ready_and_describes_its_api()
    {
        Assert.Equal("Healthy", await _host.Http.GetStringAsync("/health", RegistryHost.Token));
        Assert.Equal("Healthy", await _host.Http.GetStringAsync("/alive", RegistryHost.Token));
        Assert.Contains("/api/datasets/{name}/versions", await _host.Http.GetStringAsync("/openapi/v1.json", RegistryHost.Token), StringComparison.Ordinal);
        Assert.Contains("Hangfire", await _host.Http.GetStringAsync("/hangfire", RegistryHost.Token), StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> PostTextAsync(string path, string body, string type) =>
        _host.Http.PostAsync(path, new StringContent(body, Encoding.UTF8, type), RegistryHost.Token);

    public sealed class Fixture : IAsyncLifetime
    {
        internal RegistryHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Host = await RegistryHost.StartAsync(configureApp: app =>
        {
            var open = app.MapGroup("").AllowAnonymous();
            open.MapGet("/fails", IResult () => throw new InvalidOperationException("a secret"));
            open.MapGet("/store-away", IResult () => throw new BlobStoreUnavailableException("http://films.example", new IOException("Connection refused")));
            open.MapGet("/database-away", async () =>
            {
                await using var nobody = new RegistryDatabase("Host=127.0.0.1;Port=9").CreateDbContext();
                return await nobody.Runs.AnyAsync();
            });
        });

        public ValueTask DisposeAsync() => Host.DisposeAsync();
    }
}
