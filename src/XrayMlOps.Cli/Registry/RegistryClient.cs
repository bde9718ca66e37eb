using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Core;

namespace XrayMlOps.Cli.Registry;

/// <summary>
/// The HTTP API of a server, typed. A refusal throws <see cref="ServerProblem"/>; a server that cannot be reached throws a
/// <see cref="CommandFailure"/> that says how to start one.
/// </summary>
internal sealed partial class RegistryClient : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http;

    /// <param name="credential">API key or access token; null: none.</param>
    public RegistryClient(Uri server, string? credential = null)
    {
        Server = server;
        // A push answers for as long as it decodes: no limit for a whole request, one for getting a connection.
        _http = new HttpClient(new SocketsHttpHandler { ConnectTimeout = ConnectTimeout, UseProxy = !server.IsLoopback })
        {
            BaseAddress = new Uri(server.AbsoluteUri.TrimEnd('/') + "/"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
        if (credential is not null) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", credential);
    }

    public Uri Server { get; }

    public void Dispose() => _http.Dispose();

    private async Task<T> GetAsync<T>(string path, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancellationToken);
        return await ReadAsync<T>(response, cancellationToken);
    }

    private async Task<TResponse> PostAsync<TRequest, TResponse>(string path, TRequest content, CancellationToken cancellationToken)
    {
        using var request = JsonRequest(HttpMethod.Post, path, content);
        using var response = await SendAsync(request, cancellationToken);
        return await ReadAsync<TResponse>(response, cancellationToken);
    }

    private static HttpRequestMessage JsonRequest<T>(HttpMethod method, string path, T content) =>
        new(method, path) { Content = JsonContent.Create(content, options: XrayJson.Compact) };

    /// <summary>Every item of a listing, page by page.</summary>
    /// <param name="query">Conditions, as <c>&amp;name=value</c> each.</param>
    private async IAsyncEnumerable<T> ListAsync<T>(
        string path, [EnumeratorCancellation] CancellationToken cancellationToken, string query = "", int pageSize = 200)
    {
        for (string? after = null; ;)
        {
            var page = await GetAsync<Page<T>>(
                $"{path}?limit={pageSize}{query}{(after is null ? "" : $"&after={Uri.EscapeDataString(after)}")}", cancellationToken);
            foreach (var item in page.Items) yield return item;
            if (page.Next is null) yield break;
            after = page.Next;
        }
    }

    /// <summary>Sends, and answers with a success whose body is still to be read.</summary>
    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException problem) when (problem.StatusCode is null)
        {
            throw Unreachable(problem);
        }
        catch (TaskCanceledException problem) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unreachable(problem);
        }
        if (response.IsSuccessStatusCode) return response;
        using (response) throw await ReceiveAsync(ServerProblem.ReadAsync(response, cancellationToken));
    }

    private CommandFailure Unreachable(Exception problem)
    {
        var refused = problem.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused };
        return new CommandFailure(ExitCode.Unreachable, refused
            ? $"No server answers at {Server}. Start one with 'xray up', or name another with --server or {ServerOption.Variable}."
            : $"The server at {Server} cannot be reached: {(problem.InnerException ?? problem).Message} Check --server, or start one with 'xray up'.");
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return await ReceiveAsync(response.Content.ReadFromJsonAsync<T>(XrayJson.Compact, cancellationToken)) ?? throw new JsonException("the answer is null");
        }
        catch (JsonException problem)
        {
            throw new CommandFailure(ExitCode.Failed, $"{Server} does not answer like an xray server ({problem.Message}) Check --server.");
        }
    }

    /// <summary>Waits for (a piece of) an answer's body. One that breaks off is a server that cannot be reached.</summary>
    private async Task<T> ReceiveAsync<T>(Task<T> body)
    {
        try
        {
            return await body;
        }
        catch (Exception problem) when (problem is IOException or HttpRequestException)
        {
            throw Unreachable(problem);
        }
    }

    /// <summary>An answer of one JSON document a line.</summary>
    private async IAsyncEnumerable<T> LinesAsync<T>(HttpRequestMessage request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await SendAsync(request, cancellationToken);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (await ReceiveAsync(lines.ReadLineAsync(cancellationToken).AsTask()) is { } line)
        {
            if (line.Length > 0) yield return JsonSerializer.Deserialize<T>(line, XrayJson.Compact) ?? throw new JsonException("a line of the answer is null");
        }
    }

    private static string Escape(string part) => Uri.EscapeDataString(part);
}
