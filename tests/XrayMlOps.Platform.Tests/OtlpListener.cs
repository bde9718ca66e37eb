using System.Collections.Concurrent;
using System.Net;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Platform.Tests;

/// <summary>Takes what hosts export by OTLP over HTTP and keeps the bytes: text is UTF-8 in them.</summary>
internal sealed class OtlpListener : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<(string Path, byte[] Body)> _received = [];

    public OtlpListener()
    {
        Address = HostProcess.FreeAddress();
        _listener.Prefixes.Add(Address.AbsoluteUri);
        _listener.Start();
        _ = ReceiveAsync();
    }

    public Uri Address { get; }

    /// <param name="signal"><c>traces</c>, <c>logs</c> or <c>metrics</c>.</param>
    public IReadOnlyList<byte[]> Of(string signal) => [.. _received.Where(export => export.Path.EndsWith($"/{signal}", StringComparison.Ordinal)).Select(export => export.Body)];

    public void Dispose() => _listener.Close();

    private async Task ReceiveAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            using MemoryStream body = new();
            await context.Request.InputStream.CopyToAsync(body);
            _received.Enqueue((context.Request.Url!.AbsolutePath, body.ToArray()));
            context.Response.Close();
        }
    }
}
