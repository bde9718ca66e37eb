using System.Runtime.InteropServices;
using System.Text;

namespace XrayMlOps.Training.Devices;

/// <summary>
/// What TorchSharp does not tell of an NVIDIA device, asked of the driver. Every answer is null where there is no driver, or it refuses.
/// </summary>
internal static unsafe class CudaDriver
{
    private const int Success = 0;

    private static readonly nint s_library =
        NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1", out var library) ? library : 0;

    /// <summary>As in <c>NVIDIA A100-SXM4-40GB</c>.</summary>
    public static string? NameOf(int device)
    {
        var (init, get, name) = (Find("cuInit"), Find("cuDeviceGet"), Find("cuDeviceGetName"));
        if (init == 0 || get == 0 || name == 0) return null;
        Span<byte> text = stackalloc byte[256];
        int handle;
        fixed (byte* characters = text)
        {
            if (((delegate* unmanaged<uint, int>)init)(0) != Success
                || ((delegate* unmanaged<int*, int, int>)get)(&handle, device) != Success
                || ((delegate* unmanaged<byte*, int, int, int>)name)(characters, text.Length, handle) != Success)
                return null;
        }
        return Encoding.UTF8.GetString(text[..text.IndexOf((byte)0)]);
    }

    /// <summary>The newest CUDA version that the driver runs, as in <c>12.4</c>.</summary>
    public static string? CudaVersion()
    {
        int version;
        var ask = Find("cuDriverGetVersion");
        return ask != 0 && ((delegate* unmanaged<int*, int>)ask)(&version) == Success ? $"{version / 1000}.{version % 1000 / 10}" : null;
    }

    /// <summary>Bytes of the device that this thread computes on (so it must have computed there), those of other processes among them.</summary>
    public static (long Free, long Total)? Memory()
    {
        nuint free, total;
        var ask = Find("cuMemGetInfo_v2");
        return ask != 0 && ((delegate* unmanaged<nuint*, nuint*, int>)ask)(&free, &total) == Success ? ((long)free, (long)total) : null;
    }

    private static nint Find(string function) => s_library != 0 && NativeLibrary.TryGetExport(s_library, function, out var address) ? address : 0;
}
