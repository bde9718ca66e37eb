using TorchSharp;
using XrayMlOps.Training.Devices;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Data;

/// <summary>Brings films as near to the network as there is room.</summary>
internal static class Residency
{
    /// <summary>What films may take of the memory that is free.</summary>
    private const int Share = 2;

    /// <summary>
    /// The films in the device's memory, else in the host's, else as they were, on the disk. Takes ownership of <paramref name="films"/>.
    /// </summary>
    public static IFilmPixels Nearest(IFilmPixels films, Device device) =>
        device.type == DeviceType.CUDA && CudaDriver.Memory() is var (free, _) && Fits(films, free) ? Moved(films, device)
        : Fits(films, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - Environment.WorkingSet) ? Moved(films, CPU)
        : films;

    public static bool Fits(IFilmPixels films, long freeBytes) => (long)films.Count * films.Height * films.Width <= freeBytes / Share;

    private static ResidentFilms Moved(IFilmPixels films, Device device)
    {
        using (films) return ResidentFilms.CopyOf(films, device);
    }
}
