using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace XrayMlOps.Cli.Tests.Hosting;

public sealed class OpenApiTests(Platform platform)
{
    private const string Snapshot = "openapi.json";

    /// <summary>
    /// The HTTP API is a promise: a change of it shows in the diff of <c>openapi.json</c>. After a change that is meant, run this
    /// test with XRAY_ACCEPT_OPENAPI=1 and commit the file.
    /// </summary>
    [Fact]
    public async Task OpenApi_document_equals_the_committed_one()
    {
        using var http = platform.Http();
        var document = JsonNode.Parse(await http.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken))!.AsObject();
        document.Remove("servers"); // the address of the day
        var actual = document.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n";

        if (Environment.GetEnvironmentVariable("XRAY_ACCEPT_OPENAPI") == "1")
            await File.WriteAllTextAsync(Path.Combine(SourceFolder(), Snapshot), actual, TestContext.Current.CancellationToken);
        else
            Assert.Equal(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Hosting", Snapshot), TestContext.Current.CancellationToken), actual);
    }

    [Fact]
    public async Task Inference_api_has_a_document_of_its_own_beside_it()
    {
        using var http = platform.Http();
        var document = JsonNode.Parse(await http.GetStringAsync("/openapi/inference.json", TestContext.Current.CancellationToken))!;
        Assert.Equal(
            ["/v1/feedback", "/v1/model", "/v1/models", "/v1/models/{reference}/predict", "/v1/predict"],
            document["paths"]!.AsObject().Select(path => path.Key).Order(StringComparer.Ordinal));
    }

    private static string SourceFolder([CallerFilePath] string thisFile = "") => Path.GetDirectoryName(thisFile)!;
}
