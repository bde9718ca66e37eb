using System.Buffers.Binary;
using System.Text;

namespace XrayMlOps.Cli.Tests.Datasets;

/// <summary>Small DICOM films (explicit little endian, 8 bits) that name their patient, as a scanner would write them.</summary>
internal static class Dicoms
{
    private const int Side = 64;

    /// <param name="patientId">Null leaves the attribute out.</param>
    public static byte[] Film(int seed, string? patientId, string patientName = "SECRET^NAME")
    {
        var pixels = new byte[Side * Side];
        new Random(seed).NextBytes(pixels);
        List<byte> data = [];
        Add(data, 0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.1.1");
        Add(data, 0x0008_0018, "UI", "1.2.3.4.5");
        Add(data, 0x0008_0060, "CS", "DX");
        Add(data, 0x0010_0010, "PN", patientName);
        if (patientId is not null) Add(data, 0x0010_0020, "LO", patientId);
        Add(data, 0x0028_0002, 1);
        Add(data, 0x0028_0004, "CS", "MONOCHROME2");
        foreach (var (tag, number) in new[] { (0x0028_0010u, Side), (0x0028_0011u, Side), (0x0028_0100u, 8), (0x0028_0101u, 8), (0x0028_0102u, 7), (0x0028_0103u, 0) })
            Add(data, tag, number);
        Add(data, 0x7FE0_0010, "OB", pixels);

        List<byte> meta = [];
        Add(meta, 0x0002_0001, "OB", [0, 1]);
        Add(meta, 0x0002_0002, "UI", "1.2.840.10008.5.1.4.1.1.1.1");
        Add(meta, 0x0002_0003, "UI", "1.2.3.4.5");
        Add(meta, 0x0002_0010, "UI", "1.2.840.10008.1.2.1");
        List<byte> group = [];
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, meta.Count);
        Add(group, 0x0002_0000, "UL", length);
        return [.. new byte[128], .. "DICM"u8, .. group, .. meta, .. data];
    }

    private static void Add(List<byte> data, uint tag, string representation, string text) =>
        Add(data, tag, representation, Encoding.ASCII.GetBytes(text.Length % 2 == 0 ? text : text + (representation == "UI" ? '\0' : ' ')));

    private static void Add(List<byte> data, uint tag, int number) => Add(data, tag, "US", [(byte)number, (byte)(number >> 8)]);

    private static void Add(List<byte> data, uint tag, string representation, byte[] value)
    {
        data.AddRange([(byte)(tag >> 16), (byte)(tag >> 24), (byte)tag, (byte)(tag >> 8)]);
        data.AddRange(Encoding.ASCII.GetBytes(representation));
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, value.Length);
        data.AddRange(representation is "OB" ? [0, 0, .. length] : length[..2]);
        data.AddRange(value);
    }
}
