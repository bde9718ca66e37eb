using System.Buffers.Binary;

namespace XrayMlOps.Imaging.Dicom;

/// <summary>
/// A modality or VOI lookup table (PS3.3, C.11.1.1.1 and C.11.2.1.1): what is below its first value takes the first entry, what is
/// above its last value the last.
/// </summary>
/// <param name="First">The value that the first entry is for.</param>
/// <param name="Bits">Of an entry, 8 to 16.</param>
internal sealed record LookupTable(int First, int Bits, ushort[] Entries)
{
    public int Largest => (1 << Bits) - 1;

    public int this[double value] => Entries[(int)Math.Clamp(Math.Round(value) - First, 0, Entries.Length - 1)];

    /// <summary>The table in a sequence's first item; null if there is no sequence.</summary>
    /// <param name="isSigned">Whether the first value is, where the file does not say so itself.</param>
    public static LookupTable? Find(DicomDataSet data, DicomTag sequence, bool isSigned)
    {
        if (!data.TryFindFirstItem(sequence, out var item)) return null;
        if (!item.TryFind(DicomTag.LutDescriptor, out var descriptor) || descriptor.Length != 6 || !item.TryFind(DicomTag.LutData, out var packed))
            throw Corrupt("lacks its descriptor or its data");
        var numbers = item.Value(descriptor);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(numbers) is var entries and not 0 ? entries : 1 << 16;
        isSigned = descriptor.Vr is "SS" || (isSigned && descriptor.Vr is not "US");
        int first = isSigned ? BinaryPrimitives.ReadInt16LittleEndian(numbers[2..]) : BinaryPrimitives.ReadUInt16LittleEndian(numbers[2..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(numbers[4..]);
        if (bits is < 8 or > 16) throw Corrupt($"has entries of {bits} bits; 8 to 16 are allowed");

        var values = item.Value(packed);
        var isPacked = bits == 8 && count > 1 && values.Length == count + (count & 1);
        if (!isPacked && values.Length != 2 * count) throw Corrupt($"has {values.Length} bytes of data for {count} entries");
        var table = new ushort[count];
        for (var i = 0; i < count; i++)
        {
            table[i] = isPacked ? values[i] : BinaryPrimitives.ReadUInt16LittleEndian(values[(2 * i)..]);
            if (table[i] >> bits != 0) throw Corrupt($"has an entry of more than {bits} bits");
        }
        return new LookupTable(first, bits, table);

        DicomRefusedException Corrupt(string what) => DicomRefusedException.Corrupt($"the DICOM file's {DicomNames.Of(sequence)} {what}");
    }

    /// <summary>A sequence that holds this table alone, without its explanation.</summary>
    public DicomValue Write(DicomTag sequence, bool isExplicit)
    {
        var descriptor = new byte[6];
        BinaryPrimitives.WriteUInt16LittleEndian(descriptor, (ushort)Entries.Length); // 65,536 is written as 0
        BinaryPrimitives.WriteUInt16LittleEndian(descriptor.AsSpan(2), (ushort)First);
        BinaryPrimitives.WriteUInt16LittleEndian(descriptor.AsSpan(4), (ushort)Bits);
        var data = new byte[2 * Entries.Length];
        for (var i = 0; i < Entries.Length; i++) BinaryPrimitives.WriteUInt16LittleEndian(data.AsSpan(2 * i), Entries[i]);
        var item = DicomWriter.Elements(
            isExplicit, new DicomValue(DicomTag.LutDescriptor, First < 0 ? "SS" : "US", descriptor), new DicomValue(DicomTag.LutData, "OW", data));
        return new DicomValue(sequence, "SQ", DicomWriter.Items(item));
    }
}
