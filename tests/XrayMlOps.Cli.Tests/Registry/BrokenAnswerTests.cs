using System.Net;
using System.Net.Sockets;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;

namespace XrayMlOps.Cli.Tests.Registry;

public sealed class BlobCopyTests
{
    [Fact]
    public async Task Answer_that_breaks_off_is_a_server_that_went_away_and_no_file_that_cannot_be_written()
    {
        var token = TestContext.Current.CancellationToken;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var server = Task.Run(async () =>
        {
            using var connection = await listener.AcceptTcpClientAsync(token);
            await using var stream = connection.GetStream();
            _ = await stream.ReadAsync(new byte[4096], token);
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"u8.ToArray(), token);
        }, token);
        using var client = new RegistryClient(new Uri($"http://{listener.LocalEndpoint}"));

        var failure = await Assert.ThrowsAsync<CommandFailure>(() => client.CopyBlobAsync(new string('a', 64), new MemoryStream(), token));

        Assert.Equal(ExitCode.Unreachable, failure.Code);
        await server;
    }
}
