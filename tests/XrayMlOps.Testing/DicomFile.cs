using System.Buffers.Binary;
using System.Text;

namespace XrayMlOps.Testing;

/// <summary>Transfer syntaxes, by their identifiers.</summary>
public static class Syntax
{
    public const string
        Implicit = "1.2.840.10008.1.2",
        Explicit = "1.2.840.10008.1.2.1",
        RunLength = "1.2.840.10008.1.2.5",
        Jpeg = "1.2.840.10008.1.2.4.50";

    public static readonly string[] Lossless = [Implicit, Explicit, RunLength], All = [.. Lossless, Jpeg];
}

/// <summary>Writes DICOM Part 10 files from the standard's text, for tests: it shares nothing with the reader.</summary>
public sealed class DicomFile
{
    private readonly SortedDictionary<uint, Element> _elements = [];

    public string TransferSyntax { get; init; } = Syntax.Explicit;

    private bool IsExplicit => TransferSyntax != Syntax.Implicit;

    /// <summary>A film without a window.</summary>
    /// <param name="pixels">Stored values, row by row; negative ones for signed pixels. A JPEG is for the caller to make, and to set as a fragment.</param>
    public static DicomFile Of(
        int width, int height, int[] pixels, int stored = 8, bool isSigned = false, string syntax = Syntax.Explicit, string photometric = "MONOCHROME2")
    {
        var allocated = stored > 8 ? 16 : 8;
        var dicom = new DicomFile { TransferSyntax = syntax }
            .Set(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.1.1")
            .Set(0x0008_0018, "UI", "1.2.3.4.5")
            .Set(0x0008_0060, "CS", "DX")
            .Set(0x0028_0002, 1)
            .Set(0x0028_0004, "CS", photometric)
            .Set(0x0028_0010, height)
            .Set(0x0028_0011, width)
            .Set(0x0028_0100, allocated)
            .Set(0x0028_0101, stored)
            .Set(0x0028_0102, stored - 1)
            .Set(0x0028_0103, isSigned ? 1 : 0);
        return dicom.SetPixels(pixels, allocated / 8);
    }

    /// <summary>Shows 8-bit values as they are.</summary>
    public DicomFile IdentityWindow() => Window("128", "256");

    public DicomFile Window(string center, string width, string? function = null)
    {
        Set(0x0028_1050, "DS", center).Set(0x0028_1051, "DS", width);
        return function is null ? this : Set(0x0028_1056, "CS", function);
    }

    private DicomFile SetPixels(int[] pixels, int bytes)
    {
        var native = new byte[(pixels.Length * bytes + 1) / 2 * 2];
        for (var i = 0; i < pixels.Length; i++)
        {
            if (bytes == 1) native[i] = (byte)pixels[i];
            else BinaryPrimitives.WriteUInt16LittleEndian(native.AsSpan(2 * i), (ushort)pixels[i]);
        }
        return TransferSyntax switch
        {
            Syntax.RunLength => SetFragments(RunLengths(native.AsSpan(0, pixels.Length * bytes), bytes)),
            Syntax.Jpeg => this,
            _ => Set(0x7FE0_0010, bytes == 2 || !IsExplicit ? "OW" : "OB", native),
        };
    }

    /// <summary>Encapsulated pixel data behind an empty offset table, in as many fragments as given.</summary>
    public DicomFile SetFragments(params byte[][] fragments) => SetFragments([], fragments);

    public DicomFile SetFragments(byte[] offsets, byte[][] fragments)
    {
        using var items = new MemoryStream();
        foreach (var fragment in (byte[][])[offsets, .. fragments]) items.Write(Item(fragment, isUndefined: false));
        items.Write([0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]);
        _elements[0x7FE0_0010] = new Element("OB", items.ToArray(), IsUndefined: true);
        return this;
    }

    public DicomFile Set(uint tag, string vr, string text) =>
        Set(tag, vr, Encoding.Latin1.GetBytes(text.Length % 2 == 0 ? text : text + (vr == "UI" ? '\0' : ' ')));

    public DicomFile Set(uint tag, int number) => Set(tag, "US", [(byte)number, (byte)(number >> 8)]);

    public DicomFile Set(uint tag, string vr, byte[] value)
    {
        _elements[tag] = new Element(vr, value, IsUndefined: false);
        return this;
    }

    /// <summary>A sequence of one item.</summary>
    public DicomFile SetSequence(uint tag, bool isUndefined, DicomFile item, string vr = "SQ")
    {
        var items = Item(item.DataSet(IsExplicit && vr == "SQ"), isUndefined);
        _elements[tag] = new Element(vr, isUndefined ? [.. items, 0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0] : items, isUndefined);
        return this;
    }

    public DicomFile Remove(uint tag)
    {
        _elements.Remove(tag);
        return this;
    }

    public byte[] Build()
    {
        var meta = new DicomFile()
            .Set(0x0002_0001, "OB", [0, 1])
            .Set(0x0002_0002, "UI", "1.2.840.10008.5.1.4.1.1.1.1")
            .Set(0x0002_0003, "UI", "1.2.3.4.5")
            .Set(0x0002_0010, "UI", TransferSyntax)
            .Set(0x0002_0016, "AE", "SECRET_STATION")
            .DataSet(isExplicit: true);
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, meta.Length);
        var group = new DicomFile().Set(0x0002_0000, "UL", length).DataSet(isExplicit: true);
        return [.. new byte[128], .. "DICM"u8, .. group, .. meta, .. DataSet(IsExplicit)];
    }

    public byte[] DataSet(bool isExplicit)
    {
        using var written = new MemoryStream();
        foreach (var (tag, (vr, value, isUndefined)) in _elements)
        {
            written.Write([(byte)(tag >> 16), (byte)(tag >> 24), (byte)tag, (byte)(tag >> 8)]);
            var isLong = vr is "OB" or "OW" or "SQ" or "UN" or "UT";
            if (isExplicit) written.Write(Encoding.ASCII.GetBytes(vr));
            if (isExplicit && isLong) written.Write([0, 0]);
            var length = new byte[4];
            BinaryPrimitives.WriteUInt32LittleEndian(length, isUndefined ? uint.MaxValue : (uint)value.Length);
            written.Write(isExplicit && !isLong ? length[..2] : length);
            written.Write(value);
        }
        return written.ToArray();
    }

    public static byte[] Even(byte[] bytes) => bytes.Length % 2 == 0 ? bytes : [.. bytes, 0];

    /// <summary>An RLE frame whose runs and literals cross rows, which decoders must bear.</summary>
    public static byte[] RunLengths(ReadOnlySpan<byte> native, int bytes)
    {
        using var frame = new MemoryStream();
        frame.Write(new byte[64]);
        var header = new byte[64];
        header[0] = (byte)bytes;
        for (var plane = bytes - 1; plane >= 0; plane--)
        {
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4 * (bytes - plane)), (int)frame.Length);
            var octets = new byte[native.Length / bytes];
            for (var i = 0; i < octets.Length; i++) octets[i] = native[i * bytes + plane];
            for (var at = 0; at < octets.Length;)
            {
                var run = 1;
                while (run < 100 && at + run < octets.Length && octets[at + run] == octets[at]) run++;
                if (run > 1) frame.Write([(byte)(257 - run), octets[at]]);
                else frame.Write([0, octets[at]]);
                at += run;
            }
            frame.WriteByte(0x80); // does nothing
            if (frame.Length % 2 == 1) frame.WriteByte(0);
        }
        frame.Position = 0;
        frame.Write(header);
        return frame.ToArray();
    }

    private static byte[] Item(byte[] content, bool isUndefined)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(length, isUndefined ? uint.MaxValue : (uint)content.Length);
        byte[] end = isUndefined ? [0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0] : [];
        return [0xFE, 0xFF, 0x00, 0xE0, .. length, .. content, .. end];
    }

    private sealed record Element(string Vr, byte[] Value, bool IsUndefined);
}
