using System.Buffers.Binary;
using System.Text;

namespace XrayMlOps.Imaging.Dicom;

/// <param name="Value">Of even length.</param>
/// <param name="IsUndefined">Written without a length: <paramref name="Value"/> is items, and a delimiter follows.</param>
internal sealed record DicomValue(DicomTag Tag, string Vr, byte[] Value, bool IsUndefined = false)
{
    /// <summary>Padded to an even length as its representation wants: a UID by a zero, other text by a space (PS3.5, 6.2).</summary>
    public static DicomValue OfText(DicomTag tag, string vr, string text) =>
        new(tag, vr, Encoding.ASCII.GetBytes(text.Length % 2 == 0 ? text : text + (vr == "UI" ? '\0' : ' ')));
}

/// <summary>Writes data elements (PS3.5, section 7).</summary>
internal static class DicomWriter
{
    public static void Write(Stream to, DicomValue element, bool isExplicit)
    {
        WriteTag(to, element.Tag);
        var isShort = isExplicit && element.Vr is not ("OB" or "OW" or "SQ");
        if (isExplicit) to.Write([(byte)element.Vr[0], (byte)element.Vr[1]]);
        if (isExplicit && !isShort) to.Write([0, 0]);
        if (isShort) to.Write([(byte)element.Value.Length, (byte)(element.Value.Length >> 8)]);
        else WriteLength(to, element.IsUndefined ? uint.MaxValue : (uint)element.Value.Length);
        to.Write(element.Value);
        if (!element.IsUndefined) return;
        WriteTag(to, DicomTag.SequenceDelimitation);
        WriteLength(to, 0);
    }

    /// <summary>Items of defined length, one for each content: of a sequence, or the fragments of encapsulated pixels.</summary>
    public static byte[] Items(params ReadOnlySpan<byte[]> contents)
    {
        using var items = new MemoryStream();
        foreach (var content in contents)
        {
            WriteTag(items, DicomTag.Item);
            WriteLength(items, (uint)content.Length);
            items.Write(content);
        }
        return items.ToArray();
    }

    public static byte[] Elements(bool isExplicit, params IEnumerable<DicomValue> elements)
    {
        using var written = new MemoryStream();
        foreach (var element in elements) Write(written, element, isExplicit);
        return written.ToArray();
    }

    private static void WriteTag(Stream to, DicomTag tag)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteUInt16LittleEndian(number, (ushort)tag.Group);
        BinaryPrimitives.WriteUInt16LittleEndian(number[2..], (ushort)tag.Number);
        to.Write(number);
    }

    private static void WriteLength(Stream to, uint length)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(number, length);
        to.Write(number);
    }
}
