using System.Reflection;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;
using XrayMlOps.Core.Runs;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Devices;

/// <summary>What this process computes with.</summary>
public static class ComputeDevice
{
    internal static Device Best => cuda.is_available() ? torch.device("cuda:0") : CPU;

    internal static bool Mixes(Precision precision, Device device) =>
        precision == Precision.BFloat16 || (precision == Precision.Auto && device.type == DeviceType.CUDA);

    /// <summary>Sets how many threads Torch computes with; 0 takes one a core.</summary>
    internal static int UseThreads(int threads)
    {
        var count = threads == 0 ? Environment.ProcessorCount : threads;
        set_num_threads(count);
        return count;
    }

    /// <summary>Versions of what computes.</summary>
    internal static IReadOnlyDictionary<string, string> Packages { get; } = new Dictionary<string, string>
    {
        ["torchsharp"] = typeof(torch).Assembly.GetName().Version!.ToString(3),
        ["libtorch"] = Version.Parse(__version__).ToString(3),
        ["onnxruntime"] = OrtEnv.Instance().GetVersionString(),
    };

    /// <summary>Loads the native libraries, so it fails where training would.</summary>
    public static TrainerProbe Probe() => new(
        typeof(ComputeDevice).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "TorchBackend").Value!,
        Best.ToString(), Environment.ProcessorCount, cuda.is_available(), Packages, cuda.is_available() ? cuda.device_count() : 0);
}
