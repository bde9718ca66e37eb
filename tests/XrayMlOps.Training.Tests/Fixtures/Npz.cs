using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;

namespace XrayMlOps.Training.Tests.Fixtures;

/// <summary>Writes arrays as NumPy's <c>savez</c> does.</summary>
internal static class Npz
{
    public static byte[] Array<T>(string type, string shape, ReadOnlySpan<T> values, bool fortran = false)
        where T : unmanaged
    {
        var header = $"{{'descr': '{type}', 'fortran_order': {fortran}, 'shape': ({shape}), }}";
        header = header.PadRight((10 + header.Length + 1 + 63) / 64 * 64 - 11) + "\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, (byte)(header.Length >> 8), .. Encoding.ASCII.GetBytes(header), .. MemoryMarshal.AsBytes(values)];
    }

    public static void Write(string path, IReadOnlyDictionary<string, byte[]> arrays)
    {
        using var archive = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        foreach (var (name, bytes) in arrays)
        {
            using var entry = archive.CreateEntry($"{name}.npy", CompressionLevel.NoCompression).Open();
            entry.Write(bytes);
        }
    }
}
