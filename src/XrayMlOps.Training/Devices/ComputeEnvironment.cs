using System.Reflection;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Devices;

/// <summary>What decides a run's figures besides its job and the versions of its packages.</summary>
internal static class ComputeEnvironment
{
    /// <summary>Read by libraries when the process starts.</summary>
    private static readonly string[] s_variables = ["GLIBC_TUNABLES", "OMP_WAIT_POLICY", "OMP_NUM_THREADS", "CUDA_VISIBLE_DEVICES"];

    public static IReadOnlyDictionary<string, string> Describe(Device device)
    {
        Dictionary<string, string> facts = new()
        {
            ["code"] = typeof(ComputeEnvironment).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
            ["os"] = RuntimeInformation.OSDescription,
            ["processor"] = ProcessorName(),
            ["cores"] = $"{Environment.ProcessorCount}",
            ["dotnet"] = RuntimeInformation.FrameworkDescription,
        };
        foreach (var name in s_variables)
        {
            if (Environment.GetEnvironmentVariable(name) is { } value) facts[name] = value;
        }
        if (device.type == DeviceType.CUDA)
        {
            if (CudaDriver.NameOf(device.index) is { } gpu) facts["gpu"] = gpu;
            if (CudaDriver.CudaVersion() is { } version) facts["cudaDriver"] = version;
        }
        return facts;
    }

    private static string ProcessorName()
    {
        const string Information = "/proc/cpuinfo";
        var line = File.Exists(Information) ? File.ReadLines(Information).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? $"{RuntimeInformation.ProcessArchitecture}";
    }
}
