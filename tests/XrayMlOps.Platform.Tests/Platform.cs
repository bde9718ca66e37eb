using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using XrayMlOps.Core;
using XrayMlOps.Testing;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Platform.Tests;

/// <summary>
/// PostgreSQL, Azurite, two control planes, two workers and two inference hosts, each a process of its own that knows what the app host tells it in its
/// environment and nothing else.
/// </summary>
internal sealed class Platform : IAsyncDisposable
{
    private const string AdminKey = "admin-key-of-the-tests-0123456789abcdef", InferenceKey = "inference-key-of-the-tests-0123456789abcdef";

    private readonly DirectoryInfo _data;

    private Platform(PostgresServer postgres, AzuriteServer azurite, string database, DirectoryInfo data)
    {
        (Postgres, Azurite, _data) = (postgres, azurite, data);
        Dictionary<string, string> stores = new() { ["ConnectionStrings__registry"] = database, ["ConnectionStrings__blobs"] = azurite.ConnectionString };
        Dictionary<string, string> controlPlane = new(stores)
        {
            ["ControlPlane__PseudonymSecret"] = "pseudonym-secret-of-the-tests",
            ["Authentication__Keys__admin__Secret"] = AdminKey,
            ["Authentication__Keys__admin__Role"] = "admin",
            ["Authentication__Keys__inference__Secret"] = InferenceKey,
            ["Authentication__Keys__inference__Role"] = "service",
        };
        Migration = HostProcess.OfPlatform("XrayMlOps.ControlPlane", controlPlane, arguments: ["migrate"]);
        ControlPlanes = [.. Two(number => HostProcess.OfPlatform("XrayMlOps.ControlPlane", [.. controlPlane, Folder("ControlPlane__ScratchFolder", $"scratch-{number}")]))];
        Workers = [.. Two(number => HostProcess.OfPlatform("XrayMlOps.Worker", [.. stores, Folder("Worker__Folder", $"machine-{number}")]))];
        InferenceHosts =
        [
            .. Two(number => HostProcess.OfPlatform(
                "XrayMlOps.InferenceApi",
                [
                    Folder("Inference__Folder", $"models-{number}"),
                    new("ControlPlane__Url", ControlPlanes[number].Address.OriginalString),
                    new("ControlPlane__ApiKey", InferenceKey),
                ])),
        ];
        Http = new HttpClient { DefaultRequestHeaders = { { "X-API-Key", AdminKey } } };
    }

    public PostgresServer Postgres { get; }

    public AzuriteServer Azurite { get; }

    public HostProcess Migration { get; }

    public IReadOnlyList<HostProcess> ControlPlanes { get; }

    public IReadOnlyList<HostProcess> Workers { get; }

    /// <summary>Each asks the control plane of its own number.</summary>
    public IReadOnlyList<HostProcess> InferenceHosts { get; }

    public IEnumerable<HostProcess> Hosts => [.. ControlPlanes, .. Workers, .. InferenceHosts];

    /// <summary>Of whom may do everything.</summary>
    public HttpClient Http { get; }

    /// <summary>Starts everything, in the order of the app host.</summary>
    public static async Task<Platform> StartAsync(CancellationToken cancellationToken)
    {
        var postgres = await PostgresServer.StartAsync(cancellationToken);
        var azurite = await AzuriteServer.StartAsync(cancellationToken);
        Platform platform = new(postgres, azurite, await postgres.CreateDatabaseAsync(cancellationToken), Directory.CreateTempSubdirectory("xray-platform-"));
        try
        {
            platform.Migration.Launch();
            Assert.Equal(0, await platform.Migration.WaitAsync(cancellationToken));
            await Task.WhenAll(platform.Hosts.Select(host => host.StartAsync()));
            return platform;
        }
        catch
        {
            await platform.DisposeAsync();
            throw;
        }
    }

    public string PathOf(string name) => Path.Combine(_data.FullName, name);

    /// <summary>Runs a verb of <c>xray</c> against a host and answers what it printed on its standard output.</summary>
    public async Task<(int ExitCode, string Output, string Errors)> TryXrayAsync(HostProcess server, params IEnumerable<string> words)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "xray.dll"), .. words]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["XRAY_SERVER"] = server.Address.OriginalString;
        start.Environment["XRAY_API_KEY"] = AdminKey;
        using var process = Process.Start(start)!;
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, said[0], said[1]);
    }

    /// <summary>The same of a verb that must succeed, as JSON.</summary>
    public async Task<JsonElement> XrayAsync(HostProcess server, params IEnumerable<string> words)
    {
        var (exitCode, output, errors) = await TryXrayAsync(server, [.. words, "--json"]);
        Assert.True(exitCode == 0, $"xray {string.Join(' ', words)} ended with {exitCode}: {errors}{output}");
        return JsonDocument.Parse(output).RootElement;
    }

    public async Task<T> GetAsync<T>(HostProcess host, string path, CancellationToken cancellationToken) =>
        (await Http.GetFromJsonAsync<T>(new Uri(host.Address, path), XrayJson.Compact, cancellationToken))!;

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        foreach (var host in Hosts) await host.DisposeAsync();
        await Migration.DisposeAsync();
        foreach (var trainer in TrainerProcesses.In(_data.FullName)) trainer.Kill(); // of workers that were killed just now
        await Azurite.DisposeAsync();
        await Postgres.DisposeAsync();
        _data.Delete(recursive: true);
    }

    private static IEnumerable<HostProcess> Two(Func<int, HostProcess> host) => Enumerable.Range(0, 2).Select(host);

    private KeyValuePair<string, string> Folder(string setting, string name) => new(setting, PathOf(name));
}
