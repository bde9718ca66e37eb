using Microsoft.Extensions.Options;
using XrayMlOps.Core.Runs;
using XrayMlOps.Worker.Devices;

namespace XrayMlOps.Worker.Tests.Devices;

public sealed class ComputeSlotsTests
{
    [Fact]
    public void Gpu_is_used_by_one_run_at_a_time_whichever_worker_of_the_machine_asks()
    {
        var (first, second) = (Slots(gpus: 1), Slots(gpus: 1));

        using (var taken = first.TryTake(ComputeNeed.Gpu))
        {
            Assert.NotNull(taken);
            Assert.NotEqual("", taken.Environment["CUDA_VISIBLE_DEVICES"]);
            Assert.Contains(TrainerEnvironment.DeviceLock, taken.Environment.Keys);
            Assert.Null(first.TryTake(ComputeNeed.Gpu));
            Assert.Null(first.TryTake(ComputeNeed.Any));
            Assert.Null(second.TryTake(ComputeNeed.Gpu));
        }

        using var free = second.TryTake(ComputeNeed.Gpu);
        Assert.NotNull(free);
    }

    [Fact]
    public void Gpus_are_given_out_one_each()
    {
        var slots = Slots(gpus: 3);

        var taken = Enumerable.Range(0, 3).Select(_ => slots.TryTake(ComputeNeed.Any)).ToList();
        try
        {
            Assert.Equal(3, taken.Select(slot => slot?.Environment["CUDA_VISIBLE_DEVICES"]).Distinct().Count(device => device is not null));
            Assert.Null(slots.TryTake(ComputeNeed.Gpu));
        }
        finally
        {
            foreach (var slot in taken) slot?.Dispose();
        }
    }

    [Fact]
    public void Cpu_serves_as_many_runs_as_the_options_say_and_hides_the_gpus_from_them()
    {
        var slots = Slots(gpus: 1, concurrency: 2);

        using var first = slots.TryTake(ComputeNeed.Cpu);
        var second = slots.TryTake(ComputeNeed.Cpu);

        Assert.Equal("", first!.Environment["CUDA_VISIBLE_DEVICES"]);
        Assert.NotNull(second);
        Assert.Null(slots.TryTake(ComputeNeed.Cpu));
        second.Dispose();
        second.Dispose(); // gives back once only
        using var third = slots.TryTake(ComputeNeed.Cpu);
        Assert.NotNull(third);
        Assert.Null(slots.TryTake(ComputeNeed.Cpu));
    }

    [Fact]
    public void Runs_that_any_device_may_train_take_the_cpu_where_there_is_no_gpu()
    {
        var slots = Slots(gpus: 0);

        Assert.Null(slots.TryTake(ComputeNeed.Gpu));
        using var slot = slots.TryTake(ComputeNeed.Any);
        Assert.Equal(Environment.ProcessorCount, slot?.Threads);
    }

    private static ComputeSlots Slots(int gpus, int concurrency = 1)
    {
        ComputeSlots slots = new(Options.Create(new WorkerOptions { Concurrency = concurrency }));
        slots.UseGpus(gpus);
        return slots;
    }
}
