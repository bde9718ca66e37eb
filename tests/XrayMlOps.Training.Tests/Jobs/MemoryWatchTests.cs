using XrayMlOps.Training.Devices;
using XrayMlOps.Training.Jobs;

namespace XrayMlOps.Training.Tests.Jobs;

public sealed class MemoryWatchTests
{
    private const long MiB = 1 << 20;

    [Fact]
    public void Growth_over_the_second_epoch_is_warned_of_once_with_both_figures()
    {
        var watch = new MemoryWatch();
        Assert.Null(watch.After(5, new MemoryUse(100 * MiB, null)));
        Assert.Null(watch.After(6, new MemoryUse(2000 * MiB, null))); // what the first two need is no growth
        Assert.Null(watch.After(7, new MemoryUse(2500 * MiB, null)));

        Assert.Equal("resident memory grows: 2,000 MiB after epoch 6, 2,501 MiB after epoch 8.", watch.After(8, new MemoryUse(2501 * MiB, null)));
        Assert.Null(watch.After(9, new MemoryUse(9000 * MiB, null)));
    }

    [Theory]
    [InlineData(400, 656, false)] // more by half, but not by more than 256 MiB
    [InlineData(400, 657, true)]
    [InlineData(4000, 5000, false)] // by 1,000 MiB, but not by more than a quarter
    [InlineData(4000, 5001, true)]
    public void Growth_counts_only_where_share_and_bytes_are_large(long before, long after, bool warns)
    {
        var watch = new MemoryWatch();
        watch.After(1, new MemoryUse(before * MiB, null));
        watch.After(2, new MemoryUse(before * MiB, null));
        Assert.Equal(warns, watch.After(3, new MemoryUse(after * MiB, null)) is not null);
    }

    [Fact]
    public void Growth_on_the_gpu_alone_is_warned_of()
    {
        var watch = new MemoryWatch();
        watch.After(1, new MemoryUse(MiB, 1000 * MiB));
        watch.After(2, new MemoryUse(MiB, 1000 * MiB));
        Assert.StartsWith("memory in use on the GPU", watch.After(3, new MemoryUse(MiB, 1300 * MiB)), StringComparison.Ordinal);
    }
}
