using XrayMlOps.Core.Runs;

namespace XrayMlOps.Worker.Tests.Devices;

public sealed class TrainingServersTests : IDisposable
{
    private static readonly TrainingRecipe s_short = new() { Epochs = 1 };
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("xray-devices-");

    public void Dispose() => _data.Delete(recursive: true);

    [Fact]
    public async Task Run_that_needs_a_gpu_waits_for_a_worker_that_has_one()
    {
        int onGpu;
        await using (var without = await WorkerHost.StartAsync(_data.FullName))
        {
            onGpu = await without.AddRunAsync(s_short, need: ComputeNeed.Gpu);
            var onCpu = await without.AddRunAsync(s_short, need: ComputeNeed.Cpu);
            var anywhere = await without.AddRunAsync(s_short);
            foreach (var id in (int[])[onCpu, anywhere]) await without.WaitForAsync(id, run => run.State == RunState.Succeeded);
            Assert.Equal((RunState.Queued, 0), ((await without.RunAsync(onGpu)).State, (await without.RunAsync(onGpu)).Attempt));
        }

        // The trainer finds no GPU here and computes on the CPU all the same: what is tried is who takes the run.
        await using var with = await WorkerHost.StartAsync(_data.FullName, ("Worker:Gpus", "1"));
        var run = await with.WaitForAsync(onGpu, run => run.State.IsEnd());

        Assert.True(run.State == RunState.Succeeded, run.Reason);
    }
}
