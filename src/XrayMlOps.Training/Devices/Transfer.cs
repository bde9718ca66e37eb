using TorchSharp;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Devices;

internal static class Transfer
{
    /// <summary>
    /// Brings a tensor of the host to where the network computes. To CUDA it goes through pinned memory, so nobody waits for it: while the
    /// device computes, the host prepares the next batch. Torch keeps the pinned block until the copy is over, whenever it is disposed.
    /// </summary>
    public static Tensor ToDevice(this Tensor tensor, Device device)
    {
        if (device.type != DeviceType.CUDA || tensor.device_type == DeviceType.CUDA) return tensor.to(device);
        using var pinned = tensor.pin_memory();
        return pinned.to(device, non_blocking: true);
    }
}
