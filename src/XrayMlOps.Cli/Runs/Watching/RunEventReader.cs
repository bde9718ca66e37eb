using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Cli.Runs.Watching;

/// <summary>Reads the events of a run to its end. A connection that breaks, or a server that starts again, is ridden out, and the events go on where they were.</summary>
/// <param name="onBroken">Told once each time that the connection breaks.</param>
internal sealed class RunEventReader(RegistryClient client, TimeProvider time, Action onBroken)
{
    private readonly Patience _patience = new(time);
    private IAsyncEnumerator<SseItem<string>>? _events;
    private string? _lastId;
    private bool _isBroken;

    /// <summary>Heartbeats are left out; the last is <see cref="RunEvents.End"/>.</summary>
    public async IAsyncEnumerable<SseItem<string>> ReadAsync(int id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            SseItem<string> item;
            do
            {
                item = await _patience.RideOutAsync(() => NextAsync(id, cancellationToken), cancellationToken);
                if (item.EventType != RunEvents.Heartbeat) yield return item;
            }
            while (item.EventType != RunEvents.End);
        }
        finally
        {
            await CloseAsync();
        }
    }

    private async Task<SseItem<string>> NextAsync(int id, CancellationToken cancellationToken)
    {
        _events ??= client.RunEventsAsync(id, _lastId, cancellationToken).GetAsyncEnumerator(cancellationToken);
        try
        {
            if (!await _events.MoveNextAsync()) throw new CommandFailure(ExitCode.Unreachable, $"{client.Server} broke off before run {id} had ended.");
        }
        catch (Exception)
        {
            await CloseAsync();
            if (!_isBroken) onBroken();
            _isBroken = true;
            throw;
        }
        _isBroken = false;
        _lastId = _events.Current.EventId ?? _lastId;
        return _events.Current;
    }

    private async Task CloseAsync()
    {
        if (_events is { } events) await events.DisposeAsync();
        _events = null;
    }
}
