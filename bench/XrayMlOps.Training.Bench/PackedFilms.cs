using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Training.Bench;

/// <summary>A packed dataset of random films, as the registry packs one: what they show does not change how long a step takes.</summary>
internal static class PackedFilms
{
    /// <param name="training">Films to train on; validation and test get sixteen each.</param>
    public static void Write(string path, int training, int height, int width)
    {
        const int Others = 16;
        var films = training + 2 * Others;
        var pixels = new byte[films * height * width];
        new Random(1).NextBytes(pixels);
        byte[] splits = [.. Enumerable.Range(0, films).Select(film => (byte)(film < training ? Split.Train : film < training + Others ? Split.Validation : Split.Test))];
        using var archive = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        Add<byte>(archive, "images", "|u1", $"{films}, {height}, {width}", pixels);
        Add<long>(archive, "labels", "<i8", $"{films},", [.. Enumerable.Range(0, films).Select(film => (long)(film % ImageLabels.Count))]);
        Add<byte>(archive, "splits", "|u1", $"{films},", splits);
        Add<long>(archive, "patients", "<i8", $"{films},", [.. Enumerable.Range(0, films).Select(film => (long)film)]);
    }

    private static void Add<T>(ZipArchive archive, string name, string type, string shape, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        var header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({shape}), }}";
        header = header.PadRight((10 + header.Length + 1 + 63) / 64 * 64 - 11) + "\n";
        using var entry = archive.CreateEntry($"{name}.npy", CompressionLevel.NoCompression).Open();
        entry.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, (byte)(header.Length >> 8), .. Encoding.ASCII.GetBytes(header)]);
        entry.Write(MemoryMarshal.AsBytes(values));
    }
}
