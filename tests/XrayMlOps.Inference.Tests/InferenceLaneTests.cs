namespace XrayMlOps.Inference.Tests;

public sealed class InferenceLaneTests
{
    [Fact]
    public async Task EnterAsync_beyond_both_bounds_gives_nothing_at_once()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var lane = new InferenceLane(concurrency: 1, queueLimit: 1);
        using var running = await lane.EnterAsync(cancellationToken);
        var waiting = lane.EnterAsync(cancellationToken).AsTask();

        Assert.NotNull(running);
        Assert.False(waiting.IsCompleted);
        Assert.Equal(1, lane.Waiting);
        Assert.Null(await lane.EnterAsync(cancellationToken));

        running.Dispose();
        using var next = await waiting;
        Assert.NotNull(next);
        Assert.Equal(0, lane.Waiting);
    }

    [Fact]
    public async Task EnterAsync_given_up_leaves_the_queue()
    {
        using var lane = new InferenceLane(concurrency: 1, queueLimit: 1);
        using var running = await lane.EnterAsync(TestContext.Current.CancellationToken);
        using var patience = new CancellationTokenSource();
        var waiting = lane.EnterAsync(patience.Token).AsTask();

        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(0, lane.Waiting);
    }

    [Fact]
    public async Task EnterAsync_under_load_never_lets_more_in_than_allowed()
    {
        using var lane = new InferenceLane(concurrency: 3, queueLimit: 1_000);
        var (inside, most) = (0, 0);
        await Parallel.ForAsync(0, 300, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = TestContext.Current.CancellationToken }, async (_, cancellationToken) =>
        {
            using var turn = await lane.EnterAsync(cancellationToken);
            InterlockedMax(ref most, Interlocked.Increment(ref inside));
            await Task.Yield();
            Interlocked.Decrement(ref inside);
        });
        Assert.InRange(most, 1, 3);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = most; seen < value; seen = Volatile.Read(ref most)) Interlocked.CompareExchange(ref most, value, seen);
    }
}
