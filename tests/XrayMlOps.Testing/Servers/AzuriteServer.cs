using System.Net.Sockets;

namespace XrayMlOps.Testing.Servers;

/// <summary>
/// Azurite, the blob server that speaks Azure Storage's protocol, from npm. It is <c>XRAY_AZURITE</c>, <c>azurite-blob</c> on the
/// <c>PATH</c>, or what is installed once into the repository's <c>artifacts/azurite</c>.
/// </summary>
public sealed class AzuriteServer : IAsyncDisposable
{
    private const string Version = "3.37.0";

    // The account that every Azurite has; its key is public.
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private readonly ServerProcess _process;

    private AzuriteServer(ServerProcess process, int port)
    {
        _process = process;
        Endpoint = new Uri($"http://127.0.0.1:{port}/{Account}");
    }

    /// <summary>Of the account.</summary>
    public Uri Endpoint { get; }

    public string ConnectionString => $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint={Endpoint}";

    /// <summary>Starts a server of its own. Skips the test where there is none and none can be installed.</summary>
    public static async Task<AzuriteServer> StartAsync(CancellationToken cancellationToken)
    {
        var program = await FindAsync(cancellationToken);
        var folder = Directory.CreateTempSubdirectory("xray-azurite-");
        var port = ServerProcess.FreePort();
        string[] command =
        [
            program, "--blobHost", "127.0.0.1", "--blobPort", $"{port}", "--location", folder.FullName,
            "--skipApiVersionCheck", "--disableTelemetry", "--silent",
        ];
        var server = new AzuriteServer(new ServerProcess(folder, command, "TERM", token => AnswersAsync(port, token)), port);
        await server.RestartAsync(cancellationToken);
        return server;
    }

    /// <summary>Takes the server away, as an outage does; what it stored stays.</summary>
    public Task StopAsync() => _process.StopAsync();

    /// <summary>Brings a stopped server back, on the same port with the same blobs.</summary>
    public Task RestartAsync(CancellationToken cancellationToken) => _process.StartAsync(cancellationToken);

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static async Task<bool> AnswersAsync(int port, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task<string> FindAsync(CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable("XRAY_AZURITE") is { Length: > 0 } named) return named;
        if (ServerPrograms.Find("azurite-blob") is { } found) return found;
        var folder = await NpmPackages.InstallAsync("azurite", [$"azurite@{Version}"], cancellationToken);
        return Path.Combine(folder, "node_modules", ".bin", "azurite-blob");
    }
}
