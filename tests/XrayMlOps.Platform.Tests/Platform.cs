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
        Migration = Host("XrayMlOps.ControlPlane", controlPlane, "migrate");
        ControlPlanes = [.. Two(number => Host("XrayMlOps.ControlPlane", [.. controlPlane, Folder("ControlPlane__ScratchFolder", $"scratch-{number}")]))];
        Workers = [.. Two(number => Host("XrayMlOps.Worker", [.. stores, Folder("Worker__Folder", $"machine-{number}")]))];
        InferenceHosts =
        [
            .. Two(number => Host(
                "XrayMlOps.InferenceApi",
                [
                    Folder("Inference__Folder", $"models-{number}"),
                    new("ControlPlane__Url", ControlPlanes[number].Address.OriginalString),
                    new("ControlPlane__ApiKey", InferenceKey),
                ])),
        ];
    }

    public PostgresServer Postgres { get; }

    public AzuriteServer Azurite { get; }

    public HostProcess Migration { get; }

    public IReadOnlyList<HostProcess> ControlPlanes { get; }

    public IReadOnlyList<HostProcess> Workers { get; }

    /// <summary>Each asks the control plane of its own number.</summary>
    public IReadOnlyList<HostProcess> InferenceHosts { get; }

    public IEnumerable<HostProcess> Hosts => [.. ControlPlanes, .. Workers, .. InferenceHosts];

    /// <summary>Shows <see cref="Key"/>.</summary>
    public HttpClient Http { get; } = new();

    /// <summary>Of an engineer, made by the registry: every host comes to know it.</summary>
    public string Key { get; private set; } = AdminKey;

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
            platform.Key = (await platform.XrayAsync(platform.ControlPlanes[0], "keys", "create", "tests", "--role", "engineer")).GetProperty("key").GetString()!;
            platform.Http.DefaultRequestHeaders.Add("X-API-Key", platform.Key);
            return platform;
        }
        catch
        {
            await platform.DisposeAsync();
            throw;
        }
    }

    public string PathOf(string name) => Path.Combine(_data.FullName, name);

    /// <summary>Runs a verb of <c>xray</c> against a host.</summary>
    public Task<(int ExitCode, string Output, string Errors)> TryXrayAsync(HostProcess server, params IEnumerable<string> words) => XrayProgram.RunAsync(server.Address, Key, words);

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

    private static HostProcess Host(string assembly, IEnumerable<KeyValuePair<string, string>> environment, params string[] arguments) =>
        new(["dotnet", Path.Combine(AppContext.BaseDirectory, $"{assembly}.dll"), .. arguments], environment, ready: "/alive");

    private static IEnumerable<HostProcess> Two(Func<int, HostProcess> host) => Enumerable.Range(0, 2).Select(host);

    private KeyValuePair<string, string> Folder(string setting, string name) => new(setting, PathOf(name));
}
