using XrayMlOps.Training.Devices;
using XrayMlOps.Training.Tests.Fixtures;

namespace XrayMlOps.Training.Tests.Devices;

public sealed class DeviceLockTests
{
    [Fact]
    public void Lock_held_elsewhere_is_not_given_and_the_message_names_the_file()
    {
        using var folder = new TemporaryFolder();
        using var held = Take(folder["gpu.lock"], TimeSpan.Zero);
        var problem = Assert.Throws<IOException>(() => Take(folder["gpu.lock"], TimeSpan.Zero));
        Assert.Contains(folder["gpu.lock"], problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lock_given_back_while_another_waits_goes_to_it()
    {
        using var folder = new TemporaryFolder();
        var held = Take(folder["gpu.lock"], TimeSpan.Zero);
        var waiting = Task.Run(() => Take(folder["gpu.lock"], TimeSpan.FromMinutes(5)), TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);

        held!.Dispose();
        using var taken = await waiting;

        Assert.Throws<IOException>(() => Take(folder["gpu.lock"], TimeSpan.Zero));
    }

    [Fact]
    public void Wait_ends_when_the_run_is_stopped()
    {
        using var folder = new TemporaryFolder();
        using var held = Take(folder["gpu.lock"], TimeSpan.Zero);
        Assert.Throws<OperationCanceledException>(() => DeviceLock.Take(folder["gpu.lock"], TimeProvider.System, TimeSpan.FromMinutes(5), new CancellationToken(canceled: true)));
    }

    [Fact]
    public void No_file_named_takes_no_lock() => Assert.Null(Take(null, TimeSpan.Zero));

    private static IDisposable? Take(string? path, TimeSpan patience) =>
        DeviceLock.Take(path, TimeProvider.System, patience, TestContext.Current.CancellationToken);
}
