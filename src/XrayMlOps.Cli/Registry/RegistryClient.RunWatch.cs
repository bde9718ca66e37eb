using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;

namespace XrayMlOps.Cli.Registry;

internal sealed partial class RegistryClient
{
    /// <summary>How a run goes on (see <see cref="Core.Runs.RunEvents"/>), until the run or the connection ends.</summary>
    /// <param name="lastEventId">Goes on after that event; null begins anew.</param>
    public async IAsyncEnumerable<SseItem<string>> RunEventsAsync(int id, string? lastEventId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"api/runs/{id}/events");
        if (lastEventId is not null) request.Headers.Add("Last-Event-ID", lastEventId);
        using var response = await SendAsync(request, cancellationToken);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        await using var events = SseParser.Create(stream).EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await ReceiveAsync(events.MoveNextAsync().AsTask())) yield return events.Current;
    }

    public async Task<string> RunLogAsync(int id, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, $"api/runs/{id}/log"), cancellationToken);
        return await ReceiveAsync(response.Content.ReadAsStringAsync(cancellationToken));
    }

    /// <summary>The log of a run as it is written, in pieces of UTF-8, until the run or the connection ends.</summary>
    /// <param name="skip">Bytes that are known already.</param>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> FollowRunLogAsync(int id, long skip, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, $"api/runs/{id}/log?follow=true&skip={skip}"), cancellationToken);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[81_920];
        while (await ReceiveAsync(stream.ReadAsync(buffer, cancellationToken).AsTask()) is > 0 and var read) yield return buffer.AsMemory(0, read);
    }
}
