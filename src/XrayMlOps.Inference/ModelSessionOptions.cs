using Microsoft.ML.OnnxRuntime;

namespace XrayMlOps.Inference;

/// <summary>What a session computes on.</summary>
public enum InferenceDevice
{
    /// <summary>A GPU if this build has the CUDA execution provider and the machine a device; otherwise the CPU.</summary>
    Auto,
    Cpu,
    Cuda,
}

/// <summary>How a session computes.</summary>
public sealed record ModelSessionOptions
{
    /// <summary>
    /// Threads of one run, from 1. One, with as many runs at once as there are processors, has the throughput of all threads in every
    /// run, and no run waits for another's last thread.
    /// </summary>
    public int ThreadsPerRun { get; init; } = 1;

    public InferenceDevice Device { get; init; }

    /// <summary>The device that <see cref="InferenceDevice.Auto"/> comes to: CUDA where this build carries its execution provider and a driver answers.</summary>
    /// <exception cref="InvalidOperationException">CUDA was asked for by name and is not to be had.</exception>
    public InferenceDevice Resolve()
    {
        if (Device == InferenceDevice.Cpu) return InferenceDevice.Cpu;
        var problem = ProblemOfCuda();
        if (problem is null) return InferenceDevice.Cuda;
        return Device == InferenceDevice.Auto ? InferenceDevice.Cpu : throw new InvalidOperationException($"Inference on CUDA is not to be had: {problem}");
    }

    private static string? ProblemOfCuda()
    {
        if (!OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider"))
            return "this build has no CUDA execution provider; build it with -p:OnnxBackend=cuda";
        try
        {
            using var probe = new SessionOptions();
            probe.AppendExecutionProvider_CUDA();
            return null;
        }
        catch (OnnxRuntimeException missing)
        {
            return missing.Message;
        }
    }

    internal SessionOptions ToNative(InferenceDevice device)
    {
        var native = new SessionOptions
        {
            IntraOpNumThreads = ThreadsPerRun,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            // It warns that an input with a default is no constant, which is what it is for.
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        // Idle threads that spin would take their core from the decoder.
        native.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        if (device == InferenceDevice.Cuda) native.AppendExecutionProvider_CUDA();
        return native;
    }
}
