using XrayMlOps.Core.Predictions;

namespace XrayMlOps.Inference.Tests;

public sealed class ModelSlotTests
{
    [Fact]
    public void Acquire_without_a_model_gives_nothing()
    {
        using var slot = new ModelSlot();
        Assert.Null(slot.Acquire());
        Assert.Null(slot.Model);
    }

    [Fact]
    public void Swap_disposes_the_old_model_with_its_last_lease()
    {
        using var slot = new ModelSlot();
        var old = Load(1);
        slot.Swap(Named(1), old);
        var first = slot.Acquire()!;
        var second = slot.Acquire()!;

        Assert.Equal(Named(1), slot.Swap(Named(2), Load(2)));

        Assert.Equal(2, slot.Model?.Version);
        Assert.Same(old, first.Session);
        first.Dispose();
        first.Dispose(); // gives up its own lease only
        old.Verify();
        second.Dispose();
        Assert.Throws<ObjectDisposedException>(old.Verify);
        Assert.Throws<ObjectDisposedException>(() => second.Session);
    }

    [Fact]
    public void Swap_into_a_slot_that_is_gone_ends_the_session()
    {
        var slot = new ModelSlot();
        slot.Dispose();
        var late = Load(1);
        slot.Swap(Named(1), late);
        Assert.Null(slot.Acquire());
        Assert.Throws<ObjectDisposedException>(late.Verify);
    }

    [Fact]
    public async Task Acquire_while_models_are_swapped_always_gives_a_living_one()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var slot = new ModelSlot();
        slot.Swap(Named(0), Load(0));
        using var done = new CancellationTokenSource();
        var users = Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            var probabilities = new float[3];
            for (var uses = 0; ; uses++)
            {
                if (done.IsCancellationRequested && uses > 0) return;
                using var lease = slot.Acquire()!;
                lease.Session.Predict(new float[lease.Session.FilmLength], probabilities);
                Assert.Equal(Model(lease.Model.Version).Expected(0)[0], probabilities[0], 1e-5);
            }
        }, cancellationToken)).ToArray();

        for (var version = 1; version <= 50; version++) slot.Swap(Named(version), Load(version));
        await done.CancelAsync();

        await Task.WhenAll(users);
    }

    private static TinyModel Model(int version) => new() { Bias = [version * 0.1f, 0, 0] };

    private static ModelSession Load(int version) => ModelSession.Load(Model(version).ToOnnx());

    private static ServedModel Named(int version) => new("chest-xray", version, "", "");
}
