using System.Diagnostics;
using System.Text.Json.Nodes;

namespace XrayMlOps.AppHost.Tests;

/// <summary>What the app host publishes, once for all tests: its manifest, and the Bicep beside it.</summary>
public sealed class Published : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("xray-apphost-");

    public JsonNode Resources { get; private set; } = new JsonObject();

    /// <summary>The Bicep of the one module whose file's name holds a word.</summary>
    public string Bicep(string word) => File.ReadAllText(Assert.Single(_folder.GetFiles("*.bicep", SearchOption.AllDirectories), file => file.Name.Contains(word, StringComparison.Ordinal)).FullName);

    public async ValueTask InitializeAsync()
    {
        var manifest = Path.Combine(_folder.FullName, "aspire-manifest.json");
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { typeof(Projects.XrayMlOps_AppHost).Assembly.Location, "--operation", "publish", "--step", "publish-manifest", "--output-path", manifest },
            WorkingDirectory = Path.GetDirectoryName(Projects.XrayMlOps_AppHost.ProjectPath),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var publishing = Process.Start(start)!;
        var output = publishing.StandardOutput.ReadToEndAsync();
        var errors = publishing.StandardError.ReadToEndAsync();
        await publishing.WaitForExitAsync();
        Assert.True(publishing.ExitCode == 0, $"publishing failed:{Environment.NewLine}{await output}{await errors}");
        Resources = JsonNode.Parse(await File.ReadAllTextAsync(manifest))!["resources"]!;
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
