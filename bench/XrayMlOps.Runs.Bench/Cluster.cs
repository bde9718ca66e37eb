using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using XrayMlOps.Core;
using XrayMlOps.Core.Runs;
using XrayMlOps.Testing;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Runs.Bench;

/// <summary>Control planes and workers as processes of their own, on one PostgreSQL server and one folder of blobs: several machines, as far as one can be.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private readonly PostgresServer _postgres;
    private readonly DirectoryInfo _data;

    private Cluster(PostgresServer postgres, string database, DirectoryInfo data, int controlPlanes, int workers, IReadOnlyDictionary<string, string> settings)
    {
        (_postgres, Database, _data) = (postgres, database, data);
        var shared = new Dictionary<string, string>(settings)
        {
            ["ConnectionStrings__registry"] = database,
            ["ConnectionStrings__blobs"] = Path.Combine(data.FullName, "blobs"),
        };
        ControlPlanes = [.. Enumerable.Range(1, controlPlanes).Select(
            number => HostProcess.OfPlatform("XrayMlOps.ControlPlane", [.. shared, new("ControlPlane__ScratchFolder", Path.Combine(data.FullName, $"scratch-{number}"))]))];
        Workers = [.. Enumerable.Range(1, workers).Select(
            number => HostProcess.OfPlatform("XrayMlOps.Worker", [.. shared, new("Worker__Folder", Path.Combine(data.FullName, $"machine-{number}"))]))];
        Http = new HttpClient { BaseAddress = ControlPlanes[0].Address }.WithTestKey();
    }

    public string Database { get; }

    public IReadOnlyList<HostProcess> ControlPlanes { get; }

    public IReadOnlyList<HostProcess> Workers { get; }

    /// <summary>To the first control plane.</summary>
    public HttpClient Http { get; }

    /// <summary>Folder of all that the processes write.</summary>
    public string Data => _data.FullName;

    /// <param name="settings">Of every host, as environment variables.</param>
    public static async Task<Cluster> StartAsync(int controlPlanes, int workers, IReadOnlyDictionary<string, string> settings)
    {
        var postgres = await PostgresServer.StartAsync(CancellationToken.None);
        Cluster cluster = new(
            postgres, await postgres.CreateDatabaseAsync(CancellationToken.None), Directory.CreateTempSubdirectory("xray-cluster-"), controlPlanes, workers, settings);
        try
        {
            await Task.WhenAll([.. cluster.ControlPlanes.Select(host => host.StartAsync()), .. cluster.Workers.Select(host => host.StartAsync())]);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Pushes generated films as a dataset.</summary>
    public async Task PushPhantomsAsync(string dataset, int filmsPerClass)
    {
        var films = Path.Combine(Data, "films");
        await XrayAsync("phantoms", films, "--films", $"{filmsPerClass}");
        await XrayAsync("dataset", "push", films, "--name", dataset);
    }

    /// <summary>Runs a verb of <c>xray</c> against the first control plane.</summary>
    public async Task XrayAsync(params IEnumerable<string> words)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "xray.dll"), .. words]) { RedirectStandardOutput = true };
        start.Environment["XRAY_SERVER"] = ControlPlanes[0].Address.OriginalString;
        start.Environment["XRAY_API_KEY"] = TestKey.Text;
        using var process = Process.Start(start)!;
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"xray {string.Join(' ', words)} ended with exit code {process.ExitCode}: {said}");
    }

    public async Task<T> GetAsync<T>(string path) => (await Http.GetFromJsonAsync<T>(path, XrayJson.Compact))!;

    public async Task<T> PostAsync<T>(string path, object body)
    {
        using var response = await Http.PostAsJsonAsync(path, body, XrayJson.Compact);
        if (!response.IsSuccessStatusCode) throw new InvalidOperationException($"{path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        return JsonSerializer.Deserialize<T>(await response.Content.ReadAsStringAsync(), XrayJson.Compact)!;
    }

    /// <summary>Every run there is.</summary>
    public async Task<IReadOnlyList<RunSummary>> RunsAsync() => (await GetAsync<Page<RunSummary>>("/api/runs?limit=200")).Items;

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        foreach (var host in (IEnumerable<HostProcess>)[.. Workers, .. ControlPlanes]) await host.DisposeAsync();
        foreach (var trainer in TrainerProcesses.In(Data)) trainer.Kill(); // of workers that were killed just now
        await _postgres.DisposeAsync();
        _data.Delete(recursive: true);
    }
}
