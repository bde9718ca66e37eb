using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using XrayMlOps.Core;
using XrayMlOps.Core.Runs;
using XrayMlOps.Training.Tests.Fixtures;

namespace XrayMlOps.Training.Tests.Jobs;

public sealed partial class TrainerProcessTests
{
    private const int Terminate = 15;
    private static readonly TrainingJob s_endless = TinyJob.Job with { Recipe = TinyJob.Recipe with { Epochs = 10_000 } };

    [Fact]
    public async Task Process_runs_a_job_and_speaks_only_messages()
    {
        using var folder = new TemporaryFolder();
        TinyJob.Write(folder);
        using var trainer = Start(folder.Path);

        List<TrainerMessage?> messages = [];
        while (await trainer.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line) messages.Add(TrainerMessage.TryParse(line));
        await trainer.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(TrainerExit.Completed, trainer.ExitCode);
        Assert.DoesNotContain(null, messages);
        Assert.IsType<TrainerCompleted>(messages[^1]);
        Assert.True(File.Exists(folder[TrainingOutputs.Model]));
    }

    [Fact]
    public async Task Standard_error_tells_a_person_what_happened_and_when()
    {
        using var folder = new TemporaryFolder();
        TinyJob.Write(folder);
        using var trainer = Start(folder.Path, readErrors: true);

        var log = trainer.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await trainer.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);

        var lines = (await log).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z ", line));
        string[] beginnings = ["started on", "epoch 1:", "epoch 2:", "epoch 3:", "epoch 4:", "exported:", "completed:"];
        Assert.Equal(beginnings.Length, lines.Length);
        Assert.All(beginnings.Zip(lines), pair => Assert.StartsWith(pair.First, pair.Second[(pair.Second.IndexOf(' ', StringComparison.Ordinal) + 1)..], StringComparison.Ordinal));
    }

    [Fact]
    public async Task Trainer_waits_for_the_lock_of_its_device()
    {
        using var folder = new TemporaryFolder();
        TinyJob.Write(folder);
        var held = new FileStream(folder["gpu.lock"], FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        using var trainer = Start(folder.Path, deviceLock: folder["gpu.lock"]);
        var first = Message<TrainerStarted>(trainer);
        Assert.False(first.IsCompleted);
        await held.DisposeAsync();

        await first;
        Assert.Throws<IOException>(() => new FileStream(folder["gpu.lock"], FileMode.Open, FileAccess.ReadWrite, FileShare.None));
        await trainer.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await trainer.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(TrainerExit.Completed, trainer.ExitCode);
    }

    [Fact]
    public async Task Signal_stops_the_process_and_the_next_one_goes_on_from_the_checkpoint()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGTERM.");
        using var folder = new TemporaryFolder();
        TinyJob.Write(folder, s_endless);
        using (var trainer = Start(folder.Path))
        {
            await Message<TrainerEpoch>(trainer);
            Assert.Equal(0, Kill(trainer.Id, Terminate));
            await trainer.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(TrainerExit.Stopped, trainer.ExitCode);
        }

        using var next = Start(folder.Path);
        Assert.True((await Message<TrainerStarted>(next)).ResumedFrom >= 1);
        next.Kill();
        await next.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task End_of_standard_input_stops_a_process_that_watches_it()
    {
        using var folder = new TemporaryFolder();
        TinyJob.Write(folder, s_endless);
        using var trainer = Start(folder.Path, watchInput: true);

        await Message<TrainerEpoch>(trainer);
        trainer.StandardInput.Close();
        await trainer.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(TrainerExit.Stopped, trainer.ExitCode);
        Assert.True(File.Exists(folder[TrainingOutputs.Checkpoint]));
    }

    [Fact]
    public async Task Killed_process_leaves_a_whole_checkpoint()
    {
        using var folder = new TemporaryFolder();
        TinyJob.Write(folder, s_endless);
        using (var trainer = Start(folder.Path))
        {
            await Message<TrainerEpoch>(trainer);
            trainer.Kill();
            await trainer.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var (exitCode, messages) = TinyJob.Run(folder, stopAfter: await LastEpoch(folder) + 1);

        Assert.Equal(TrainerExit.Stopped, exitCode);
        Assert.NotNull(Assert.IsType<TrainerStarted>(messages[0]).ResumedFrom);
    }

    [Fact]
    public async Task Bad_job_exits_with_the_code_that_says_not_to_try_again()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder[TrainingJob.FileName], "{ \"runId\": ", TestContext.Current.CancellationToken);
        using var trainer = Start(folder.Path);
        Assert.Contains(TrainingJob.FileName, (await Message<TrainerFailed>(trainer)).Reason, StringComparison.Ordinal);
        await trainer.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(TrainerExit.Failed, trainer.ExitCode);
    }

    [Fact]
    public async Task Probe_says_what_training_would_compute_with()
    {
        using var trainer = Start("--probe");
        var probe = JsonSerializer.Deserialize<TrainerProbe>(await trainer.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), XrayJson.Compact)!;
        Assert.Equal(Environment.ProcessorCount, probe.Threads);
        Assert.Equal(probe.CudaAvailable, probe.Gpus > 0);
        Assert.Equal(["libtorch", "onnxruntime", "torchsharp"], probe.Packages.Keys.Order());
    }

    private static Process Start(string argument, bool watchInput = false, bool readErrors = false, string? deviceLock = null)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "XrayMlOps.Trainer.dll"), argument])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = readErrors,
        };
        foreach (var (name, value) in TrainerEnvironment.Recommended) start.Environment[name] = value;
        if (watchInput) start.Environment[TrainerEnvironment.WatchStandardInput] = "1";
        if (deviceLock is not null) start.Environment[TrainerEnvironment.DeviceLock] = deviceLock;
        return Process.Start(start)!;
    }

    /// <summary>Reads up to the first message of a kind.</summary>
    private static async Task<T> Message<T>(Process trainer)
        where T : TrainerMessage
    {
        while (await trainer.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (TrainerMessage.TryParse(line) is T message) return message;
        }
        throw new InvalidOperationException($"The trainer ended without a {typeof(T).Name}.");
    }

    private static async Task<int> LastEpoch(TemporaryFolder folder)
    {
        await using var stream = File.OpenRead(folder[TrainingOutputs.Checkpoint]);
        using var file = Training.Checkpoints.SafeTensors.Read(stream);
        return JsonSerializer.Deserialize<List<EpochMetrics>>(file.Metadata["history"], XrayJson.Compact)!.Count;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
