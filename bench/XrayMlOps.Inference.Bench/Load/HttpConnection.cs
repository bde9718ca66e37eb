using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace XrayMlOps.Inference.Bench.Load;

/// <summary>
/// HTTP/1.1 on a blocking socket, kept alive, for requests whose bytes are known: a client beside the server on the same cores should cost
/// little more than the system calls. Throws <see cref="IOException"/> or <see cref="SocketException"/> where there is no whole answer; the
/// next exchange connects anew.
/// </summary>
internal sealed class HttpConnection(Uri server) : IDisposable
{
    private readonly IPEndPoint _server = new(IPAddress.Parse(server.Host), server.Port);
    private readonly byte[] _buffer = new byte[64 << 10];
    private Socket? _socket;
    private int _filled;

    public HttpAnswer Exchange(ReadOnlySpan<byte> request)
    {
        try
        {
            _socket ??= Connect();
            for (var sent = 0; sent < request.Length;) sent += _socket.Send(request[sent..]);
            return Receive();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _socket?.Dispose();
        _socket = null;
    }

    private Socket Connect()
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(_server);
        return socket;
    }

    private HttpAnswer Receive()
    {
        _filled = 0;
        int head;
        while ((head = _buffer.AsSpan(0, _filled).IndexOf("\r\n\r\n"u8)) < 0) Fill();
        var headers = _buffer.AsSpan(0, head + 2);
        var status = Number(headers["HTTP/1.1 ".Length..]);
        var length = Header(headers, "content-length"u8) is { IsEmpty: false } text ? Number(text) : -1;
        var json = Header(headers, "inference-header-content-length"u8) is { IsEmpty: false } binary ? Number(binary) : -1;
        var isLast = Ascii.EqualsIgnoreCase(Header(headers, "connection"u8), "close"u8);
        var body = length >= 0 ? Body(head + 4, length) : Chunks(head + 4);
        if (isLast) Dispose();
        return new HttpAnswer(status, !Header(headers, "retry-after"u8).IsEmpty, json, body);
    }

    private ReadOnlySpan<byte> Body(int start, int length)
    {
        while (_filled < start + length) Fill();
        return _buffer.AsSpan(start, length);
    }

    /// <summary>Moves the chunks together.</summary>
    private ReadOnlySpan<byte> Chunks(int start)
    {
        var (length, at) = (0, start);
        while (true)
        {
            int line;
            while ((line = _buffer.AsSpan(at, _filled - at).IndexOf("\r\n"u8)) < 0) Fill();
            if (!Utf8Parser.TryParse(_buffer.AsSpan(at, line), out int size, out _, 'x')) throw new IOException("An answer has a chunk without a length.");
            var chunk = Body(at + line + 2, size + 2)[..size];
            if (size == 0) return _buffer.AsSpan(start, length);
            chunk.CopyTo(_buffer.AsSpan(start + length));
            length += size;
            at += line + 2 + size + 2;
        }
    }

    private void Fill()
    {
        if (_filled == _buffer.Length) throw new IOException($"An answer is longer than {_buffer.Length} bytes.");
        var received = _socket!.Receive(_buffer.AsSpan(_filled));
        if (received == 0) throw new IOException("The server closed the connection before it had answered.");
        _filled += received;
    }

    /// <summary>Empty where there is no such header.</summary>
    private static ReadOnlySpan<byte> Header(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> name)
    {
        for (int end; (end = headers.IndexOf("\r\n"u8)) >= 0; headers = headers[(end + 2)..])
        {
            var line = headers[..end];
            if (line.Length > name.Length && line[name.Length] == (byte)':' && Ascii.EqualsIgnoreCase(line[..name.Length], name)) return line[(name.Length + 1)..].Trim((byte)' ');
        }
        return [];
    }

    private static int Number(ReadOnlySpan<byte> text) => Utf8Parser.TryParse(text, out int number, out _) ? number : throw new IOException("An answer has no number where one belongs.");
}
