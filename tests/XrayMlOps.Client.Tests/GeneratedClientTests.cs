using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using XrayMlOps.InferenceApi.Tests;

namespace XrayMlOps.Client.Tests;

/// <summary>
/// The client is what the inference host says of itself. After a change of the API that is meant, run these tests with
/// XRAY_ACCEPT_OPENAPI=1, build again and commit both files of XrayMlOps.Client.
/// </summary>
public sealed class GeneratedClientTests : IAsyncLifetime
{
    private readonly TemporaryFolder _cache = new();
    private InferenceHost _host = null!;
    private JsonObject _document = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await InferenceHost.StartAsync(_cache, null, routes => routes.MapOpenApi());
        _document = JsonNode.Parse(await _host.Client.GetStringAsync("/openapi/inference.json", TestContext.Current.CancellationToken))!.AsObject();
        _document.Remove("servers"); // the address of the day
    }

    [Fact]
    public Task Document_equals_the_committed_one() =>
        EqualsCommittedAsync("openapi.json", _document.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");

    [Fact]
    public async Task Client_equals_the_committed_one() =>
        await EqualsCommittedAsync("InferenceClient.g.cs", await ClientGenerator.GenerateAsync(_document, TestContext.Current.CancellationToken));

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _cache.Dispose();
    }

    private static async Task EqualsCommittedAsync(string file, string actual)
    {
        if (Environment.GetEnvironmentVariable("XRAY_ACCEPT_OPENAPI") == "1")
            await File.WriteAllTextAsync(Path.Combine(ClientFolder(), file), actual, TestContext.Current.CancellationToken);
        else
            Assert.Equal(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Committed", file), TestContext.Current.CancellationToken), actual);
    }

    private static string ClientFolder([CallerFilePath] string thisFile = "") =>
        Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "src", "XrayMlOps.Client");
}
