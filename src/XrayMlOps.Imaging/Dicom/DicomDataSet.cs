using System.Buffers.Binary;
using System.Text;

namespace XrayMlOps.Imaging.Dicom;

/// <summary>
/// A DICOM Part 10 file (PS3.10, section 7): its transfer syntax and the elements of its data set, whose values stay where they
/// are in the file. Whatever cannot be read as it should throws <see cref="DicomRefusedException"/>.
/// </summary>
internal readonly ref struct DicomDataSet
{
    private const int Preamble = 128, Meta = Preamble + 4, MaxElements = 10_000;

    private readonly ReadOnlySpan<byte> _content;
    private readonly List<DicomElement> _elements;

    private DicomDataSet(ReadOnlySpan<byte> content, DicomTransferSyntax syntax, List<DicomElement> elements)
    {
        _content = content;
        (Syntax, _elements) = (syntax, elements);
    }

    public DicomTransferSyntax Syntax { get; }

    /// <summary>By ascending tag; those inside sequences are not among them.</summary>
    public IReadOnlyList<DicomElement> Elements => _elements;

    /// <summary>Whether a file says that it is DICOM: <c>DICM</c> behind 128 bytes.</summary>
    public static bool IsDicom(ReadOnlySpan<byte> content) => content.Length >= Meta && content[Preamble..].StartsWith("DICM"u8);

    public static DicomDataSet Read(ReadOnlySpan<byte> content)
    {
        const int groupLength = 12; // the element that gives the length of the rest of the file meta information
        if (content.Length < Meta + groupLength) throw DicomRefusedException.Truncated("the DICOM file ends within its file meta information");
        var meta = ReadElements(content, Meta, Meta + groupLength, isExplicit: true);
        if (meta is not [{ Length: 4 } length] || length.Tag != DicomTag.MetaGroupLength)
            throw DicomRefusedException.Corrupt("the DICOM file does not begin with the length of its file meta information (0002,0000)");
        var begin = Meta + groupLength + (long)BinaryPrimitives.ReadUInt32LittleEndian(content[length.Start..]);
        if (begin > content.Length) throw DicomRefusedException.Truncated("the DICOM file ends within its file meta information");

        meta = ReadElements(content, Meta + groupLength, (int)begin, isExplicit: true);
        if (meta.Any(element => element.Tag.Group != DicomTag.MetaGroupLength.Group))
            throw DicomRefusedException.Corrupt("the DICOM file's meta information is longer or shorter than it says");
        var uid = new DicomDataSet(content, null!, meta).Text(DicomTag.TransferSyntax)
            ?? throw DicomRefusedException.Corrupt("the DICOM file names no transfer syntax (0002,0010)");
        var syntax = DicomTransferSyntax.Of(uid);
        var elements = ReadElements(content, (int)begin, content.Length, syntax.IsExplicit);
        return elements is [{ Tag.Group: < 8 } first, ..]
            ? throw DicomRefusedException.Corrupt($"the DICOM file has {first.Tag} in its data set")
            : new DicomDataSet(content, syntax, elements);
    }

    public ReadOnlySpan<byte> Value(DicomElement element) => _content.Slice(element.Start, element.Length);

    /// <summary>False if the attribute is absent or empty.</summary>
    public bool TryFind(DicomTag tag, out DicomElement element)
    {
        foreach (var candidate in _elements)
        {
            if (candidate.Tag != tag) continue;
            element = candidate;
            return element.Length > 0 || element.IsUndefined;
        }
        element = default;
        return false;
    }

    /// <summary>Null if the attribute is absent or empty.</summary>
    public string? Text(DicomTag tag) => Text(tag, Encoding.Latin1);

    /// <summary>Null if the attribute is absent or empty.</summary>
    public string? Text(DicomTag tag, Encoding encoding) =>
        TryFind(tag, out var element) && DicomText.Trim(Value(element), encoding) is { Length: > 0 } text ? text : null;

    /// <summary>The first of several values; null if the attribute is absent or empty.</summary>
    public double? Decimal(DicomTag tag) => Text(tag) is { } text
        ? DicomText.Decimal(text.Split('\\')[0].Trim(' ')) ?? throw DicomRefusedException.Corrupt($"the DICOM file's {DicomNames.Of(tag)} is no number")
        : null;

    /// <summary>Null if the attribute is absent or empty.</summary>
    public int? Integer(DicomTag tag) => Text(tag) is { } text
        ? DicomText.Integer(text) ?? throw DicomRefusedException.Corrupt($"the DICOM file's {DicomNames.Of(tag)} is no whole number")
        : null;

    /// <summary>A number of 16 bits, signed or not; null if the attribute is absent or empty.</summary>
    public int? Short(DicomTag tag, bool isSigned = false)
    {
        if (!TryFind(tag, out var element)) return null;
        if (element.Length != 2) throw DicomRefusedException.Corrupt($"the DICOM file's {DicomNames.Of(tag)} is no number of 16 bits");
        return isSigned ? BinaryPrimitives.ReadInt16LittleEndian(Value(element)) : BinaryPrimitives.ReadUInt16LittleEndian(Value(element));
    }

    /// <summary>As <see cref="Short"/>, but the attribute must be there.</summary>
    public int RequiredShort(DicomTag tag) => Short(tag) ?? throw DicomRefusedException.Corrupt($"the DICOM file has no {DicomNames.Of(tag)}");

    /// <summary>The elements of a sequence's first item, which must be there if the sequence is.</summary>
    public bool TryFindFirstItem(DicomTag sequence, out DicomDataSet item)
    {
        item = default;
        if (!TryFind(sequence, out var element)) return false;
        var isExplicit = Syntax.IsExplicit && element.Vr != "UN";
        var items = new DicomReader(_content, element.Start, element.Start + element.Length, isExplicit);
        if (!items.TryReadItem(out var first)) throw DicomRefusedException.Corrupt($"the DICOM file's {DicomNames.Of(sequence)} has no item");
        item = new DicomDataSet(_content, Syntax, ReadElements(_content, first.Start, first.Start + first.Length, isExplicit));
        return true;
    }

    /// <summary>The fragments of encapsulated pixels (PS3.5, A.4), without the offset table that comes before them, put together.</summary>
    public ReadOnlySpan<byte> Fragments(DicomElement pixels)
    {
        var items = new DicomReader(_content, pixels.Start, pixels.Start + pixels.Length, isExplicit: true);
        if (!items.TryReadItem(out _)) throw DicomRefusedException.Corrupt("the DICOM file's pixel data has no offset table");
        List<DicomElement> fragments = [];
        while (items.TryReadItem(out var fragment)) fragments.Add(fragment);
        if (fragments is [var only]) return Value(only);

        var joined = new byte[fragments.Sum(fragment => fragment.Length)];
        var at = 0;
        foreach (var fragment in fragments)
        {
            Value(fragment).CopyTo(joined.AsSpan(at));
            at += fragment.Length;
        }
        return joined;
    }

    private static List<DicomElement> ReadElements(ReadOnlySpan<byte> content, int start, int end, bool isExplicit)
    {
        var reader = new DicomReader(content, start, end, isExplicit);
        List<DicomElement> elements = [];
        while (reader.TryRead(out var element))
        {
            if (elements.Count == MaxElements) throw DicomRefusedException.Unsupported($"the DICOM file has more than {MaxElements:N0} elements");
            elements.Add(element);
        }
        return elements;
    }
}
