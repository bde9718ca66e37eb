using System.Buffers;

namespace XrayMlOps.Inference.Tests.Scheduling;

/// <summary>A film whose bytes cannot be read before a gate opens: it holds the thread that decodes it.</summary>
internal sealed class BlockedFilm(ManualResetEventSlim gate) : MemoryManager<byte>
{
    private readonly byte[] _film = TestFilm.Png(7);
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when a thread is held.</summary>
    public Task Entered => _entered.Task;

    // Not the base class's Memory, which asks for the span.
    public new ReadOnlyMemory<byte> Memory => CreateMemory(_film.Length);

    public override Span<byte> GetSpan()
    {
        _entered.TrySetResult();
        gate.Wait(TestContext.Current.CancellationToken);
        return _film;
    }

    public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
