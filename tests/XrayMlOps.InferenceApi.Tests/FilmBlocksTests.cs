using System.Buffers;

namespace XrayMlOps.InferenceApi.Tests;

public sealed class FilmBlocksTests
{
    private readonly MemoryPool<byte> _pool = new FilmBlocks().Create(null);

    [Fact]
    public void The_block_that_came_back_last_goes_first()
    {
        var (one, other) = (_pool.Rent(), _pool.Rent());
        one.Dispose();
        other.Dispose();

        Assert.Same(other, _pool.Rent());
        Assert.Same(one, _pool.Rent());
    }

    [Fact]
    public void No_two_have_the_same_block_at_once()
    {
        List<IMemoryOwner<byte>> blocks = [.. Enumerable.Range(0, 100).Select(_ => _pool.Rent())];
        foreach (var block in blocks) block.Dispose();
        blocks.AddRange(Enumerable.Range(0, 100).Select(_ => _pool.Rent()));

        Assert.Equal(100, blocks.Skip(100).Distinct().Count());
        Assert.Superset(blocks.Take(100).ToHashSet(), blocks.Skip(100).ToHashSet());
    }

    [Fact]
    public void A_burst_is_not_kept_for_good()
    {
        List<IMemoryOwner<byte>> burst = [.. Enumerable.Range(0, 1000).Select(_ => _pool.Rent())];
        foreach (var block in burst) block.Dispose();

        var kept = Enumerable.Range(0, 1000).Select(_ => _pool.Rent()).Count(burst.Contains);

        Assert.Equal(256, kept);
    }

    [Fact]
    public void More_than_a_block_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _pool.Rent(_pool.MaxBufferSize + 1));
}
