using System.Net;
using System.Net.Sockets;
using System.Text;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;

namespace XrayMlOps.Cli.Tests.Registry;

public sealed class BrokenAnswerTests
{
    [Fact]
    public Task Blob_that_breaks_off_is_a_server_that_went_away_and_no_file_that_cannot_be_written() =>
        IsUnreachable((client, token) => client.CopyBlobAsync(new string('a', 64), new MemoryStream(), token));

    [Fact]
    public Task Manifest_that_breaks_off_is_a_server_that_went_away() =>
        IsUnreachable((client, token) => client.ManifestAsync("chest-xray@1", token));

    [Fact]
    public Task Diff_that_breaks_off_is_a_server_that_went_away() =>
        IsUnreachable(async (client, token) => await client.ChangesAsync("chest-xray@1", "chest-xray@2", token).ToListAsync(token));

    [Fact]
    public Task Log_that_breaks_off_is_a_server_that_went_away() => IsUnreachable((client, token) => client.RunLogAsync(1, token));

    [Fact]
    public Task Refusal_that_breaks_off_is_a_server_that_went_away() =>
        IsUnreachable((client, token) => client.RunAsync(1, token), "500 Internal Server Error");

    private static async Task IsUnreachable(Func<RegistryClient, CancellationToken, Task> ask, string status = "200 OK")
    {
        var token = TestContext.Current.CancellationToken;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var server = Task.Run(async () =>
        {
            using var connection = await listener.AcceptTcpClientAsync(token);
            await using var stream = connection.GetStream();
            _ = await stream.ReadAsync(new byte[4096], token);
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: 100\r\n\r\nhalf"), token);
        }, token);
        using var client = new RegistryClient(new Uri($"http://{listener.LocalEndpoint}"));

        var failure = await Assert.ThrowsAsync<CommandFailure>(() => ask(client, token));

        Assert.Equal(ExitCode.Unreachable, failure.Code);
        Assert.Contains("cannot be reached", failure.Message, StringComparison.Ordinal);
        await server;
    }
}
