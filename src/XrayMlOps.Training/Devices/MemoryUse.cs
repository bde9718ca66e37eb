using TorchSharp;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Devices;

/// <summary>Bytes in use.</summary>
/// <param name="Resident">Of this process.</param>
/// <param name="OnDevice">Of the whole GPU; null on a CPU, or where the driver does not say.</param>
internal readonly record struct MemoryUse(long Resident, long? OnDevice)
{
    public static MemoryUse Now(Device device) => new(
        Environment.WorkingSet, device.type == DeviceType.CUDA && CudaDriver.Memory() is var (free, total) ? total - free : null);
}
