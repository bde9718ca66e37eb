using System.ComponentModel.DataAnnotations;
using XrayMlOps.Core.Models;
using XrayMlOps.Inference;
using XrayMlOps.Inference.Scheduling;

namespace XrayMlOps.InferenceApi;

/// <summary>Configuration section <c>Inference</c>.</summary>
public sealed class InferenceOptions
{
    public const string Section = "Inference";

    /// <summary>The registered model whose champion is served.</summary>
    [Required]
    public string Model { get; set; } = ModelReference.DefaultName;

    /// <summary>
    /// Where model files are kept, so that a restart needs no registry, and predictions until the registry has them. Relative paths count from the working
    /// directory.
    /// </summary>
    [Required]
    public string Folder { get; set; } = Path.Combine("data", "models");

    /// <summary>
    /// Where gRPC listens, such as <c>http://0.0.0.0:8081</c>: without TLS it needs a port of its own, since HTTP/2 cannot be told from HTTP/1.1 there.
    /// None: only REST.
    /// </summary>
    public Uri? GrpcUrl { get; set; }

    /// <summary>Seconds between two looks at what the registry has promoted, 0.05 to 3,600.</summary>
    [Range(0.05, 3600)]
    public double PollSeconds { get; set; } = 1;

    /// <summary>Seconds between two looks at the registry's API keys, 0.05 to 3,600: so long a key that was revoked may still be taken.</summary>
    [Range(0.05, 3600)]
    public double KeySeconds { get; set; } = 2;

    /// <summary>Models served at once, 1 to 100; above that the one that nobody asked for the longest makes room, never the champion.</summary>
    [Range(1, 100)]
    public int MaxModels { get; set; } = 4;

    /// <summary>Minutes for which another model than the champion stays loaded without a request, 0.01 to 10,000.</summary>
    [Range(0.01, 10_000)]
    public double IdleMinutes { get; set; } = 60;

    /// <summary>What networks are computed on: <c>Auto</c>, <c>Cpu</c> or <c>Cuda</c>.</summary>
    public InferenceDevice Device { get; set; }

    /// <summary>Bytes of one request's body, 1 to 512 MiB; a longer one is answered with 413.</summary>
    [Range(1, 1L << 29)]
    public long MaxBytes { get; set; } = 64 << 20;

    /// <summary>Films of one request, 1 to 1,000; more are answered with 400.</summary>
    [Range(1, 1_000)]
    public int MaxFilms { get; set; } = 64;

    /// <summary>Seconds for the headers of a request to arrive, 1 to 600; a slower connection is closed.</summary>
    [Range(1, 600)]
    public double HeaderSeconds { get; set; } = 10;

    /// <summary>Bytes a second, on average, of a body that arrives, 1 to 1 GiB; a slower one is answered with 408. The first 5 seconds are not counted.</summary>
    [Range(1, 1 << 30)]
    public double BodyBytesPerSecond { get; set; } = 1024;

    /// <summary>Threads that decode and score, 1 to 1,024; 0: as many as there are processors, since each takes one.</summary>
    [Range(0, 1_024)]
    public int Concurrency { get; set; }

    /// <summary>
    /// Films scored in one run of the network, 1 to 1,024; 0: 32 on a GPU, 2 on the CPU, where more have no more throughput (measured: README) and each film waits
    /// for all of its batch.
    /// </summary>
    [Range(0, 1_024)]
    public int MaxBatch { get; set; }

    /// <summary>Milliseconds that a film waits for its batch at most, 0 to 10,000 (the CPU decodes meanwhile); empty: 0 on the CPU, 2 on a GPU.</summary>
    [Range(0, 10_000)]
    public double? BatchDelayMs { get; set; }

    /// <summary>Films that may wait for a thread, 0 to 100,000; above that the answer is 503.</summary>
    [Range(0, 100_000)]
    public int QueueLimit { get; set; } = 128;

    /// <summary>Milliseconds that a film may be expected to wait, 1 to 600,000; above that the answer is 503.</summary>
    [Range(1, 600_000)]
    public double LongestWaitMs { get; set; } = 500;

    /// <summary>Predictions kept for a control plane that does not answer, 1 to 1,000,000 (about 1 KB each); above that the oldest are dropped.</summary>
    [Range(1, 1_000_000)]
    public int LogCapacity { get; set; } = 20_000;

    /// <summary>Predictions sent to the control plane at once, 1 to 10,000.</summary>
    [Range(1, 10_000)]
    public int LogBatch { get; set; } = 500;

    /// <summary>Seconds for which predictions are gathered before they are sent, 0 to 60.</summary>
    [Range(0, 60)]
    public double LogSeconds { get; set; } = 1;

    /// <summary>How the engine shares this machine. Throws <see cref="InvalidOperationException"/> if CUDA is asked for and not to be had.</summary>
    internal InferenceEngineOptions ForEngine()
    {
        var onGpu = new ModelSessionOptions { Device = Device }.Resolve() == InferenceDevice.Cuda;
        var threads = Concurrency == 0 ? Environment.ProcessorCount : Concurrency;
        return new InferenceEngineOptions
        {
            // One more for the run, which waits for the GPU while the others decode.
            Threads = onGpu ? threads + 1 : threads,
            RunsAtOnce = onGpu ? 1 : threads,
            MaxBatch = MaxBatch > 0 ? MaxBatch : onGpu ? 32 : 2,
            BatchDelay = TimeSpan.FromMilliseconds(BatchDelayMs ?? (onGpu ? 2 : 0)),
            WaitsForBatch = onGpu,
            RunContinuationsAsynchronously = onGpu,
            QueueLimit = QueueLimit,
            LongestWait = TimeSpan.FromMilliseconds(LongestWaitMs),
        };
    }
}

/// <summary>Configuration section <c>ControlPlane</c>.</summary>
public sealed class ControlPlaneOptions
{
    public const string Section = "ControlPlane";

    /// <summary>Base address of the control plane, such as <c>http://registry:8080</c>; none: it runs in this process.</summary>
    public Uri? Url { get; set; }

    /// <summary>The key, of the role <c>service</c>, that this host shows the control plane; not needed where that runs in this process.</summary>
    public string? ApiKey { get; set; }
}
