using System.Net.Sockets;
using System.Text;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.InferenceApi.Tests.OpenInference;

/// <summary>What a process allocates can only be told while nothing else runs in it.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

[Collection(nameof(Alone))]
public sealed class AllocationTests
{
    [Fact]
    public async Task Infer_of_a_tensor_allocates_at_most_8_KiB()
    {
        const int warmUp = 300, measured = 500, allowed = 8 << 10;
        using var cache = new TemporaryFolder();
        await using var controlPlane = await FakeControlPlane.StartAsync();
        var served = controlPlane.Promote(new TinyModel(), 1);
        // What is asked of the registry is asked later: it is in this process too.
        await using var host = await InferenceHost.StartAsync(
            cache, controlPlane.Url, null, ("Inference:LogSeconds", "60"), ("Inference:PollSeconds", "60"), ("Inference:KeySeconds", "60"));
        await host.ServesAsync(served);

        using var message = TensorRequest.Binary(TensorRequest.Films(1), TensorRequest.Gray(128));
        var body = await message.Content!.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        var head = $"POST {TensorRequest.Infer} HTTP/1.1\r\nHost: x\r\nX-API-Key: {TestKey.Text}\r\nContent-Length: {body.Length}\r\n"
            + $"{TensorRequest.HeaderLength}: {message.Headers.GetValues(TensorRequest.HeaderLength).Single()}\r\n\r\n";
        byte[] request = [.. Encoding.ASCII.GetBytes(head), .. body];
        // A socket, because it allocates nothing itself.
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(host.Client.BaseAddress!.Host, host.Client.BaseAddress.Port, TestContext.Current.CancellationToken);
        var answer = new byte[16 << 10];
        for (var sent = 0; sent < warmUp; sent++) Exchange(socket, request, answer);

        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var sent = 0; sent < measured; sent++) Exchange(socket, request, answer);
        Assert.InRange((GC.GetTotalAllocatedBytes(precise: true) - before) / measured, 1, allowed);
    }

    private static void Exchange(Socket socket, byte[] request, byte[] answer)
    {
        socket.Send(request);
        var length = 0;
        int end;
        while ((end = answer.AsSpan(0, length).IndexOf("\r\n\r\n"u8)) < 0) length += socket.Receive(answer.AsSpan(length));
        Assert.True(answer.AsSpan().StartsWith("HTTP/1.1 200"u8));
        var size = answer.AsSpan(0, end).IndexOf("Content-Length: "u8) is var at and >= 0
            && System.Buffers.Text.Utf8Parser.TryParse(answer.AsSpan(at + "Content-Length: ".Length), out int bytes, out _)
                ? bytes
                : throw new InvalidOperationException("The answer has no length.");
        while (length < end + 4 + size) length += socket.Receive(answer.AsSpan(length));
    }
}
