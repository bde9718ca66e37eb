using System.Buffers.Binary;

namespace XrayMlOps.Imaging.Dicom;

/// <param name="Vr">Value representation, two letters; empty where the transfer syntax leaves it to the dictionary.</param>
/// <param name="Start">Where in the file the value begins.</param>
/// <param name="Length">Bytes of the value. If the file gives it no length, of its items without the delimiter that ends them.</param>
/// <param name="IsUndefined">The file gives it no length: it consists of items.</param>
internal readonly record struct DicomElement(DicomTag Tag, string Vr, int Start, int Length, bool IsUndefined);

/// <summary>
/// Walks the data elements between two places of a file (PS3.5, section 7). Every length is held against the file before it is
/// believed; values are not looked into, except that those without a length are walked to their end.
/// </summary>
internal ref struct DicomReader(ReadOnlySpan<byte> content, int start, int end, bool isExplicit)
{
    private const int MaxDepth = 16;
    private const uint Undefined = uint.MaxValue;

    // Those whose length takes two bytes, and those whose length takes four behind two unused ones (PS3.5, 7.1.2).
    private static readonly string[]
        s_short = ["AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT", "PN", "SH", "SL", "SS", "ST", "TM", "UI", "UL", "US"],
        s_long = ["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"];

    private readonly ReadOnlySpan<byte> _content = content[..end];
    private readonly bool _isWholeFile = end == content.Length;
    private int _at = start;
    private DicomTag _last;

    /// <summary>The next element; false at the end. Throws <see cref="DicomRefusedException"/>; also if the elements do not ascend.</summary>
    public bool TryRead(out DicomElement element)
    {
        element = default;
        if (_at == _content.Length) return false;
        var at = _at;
        element = Read(isExplicit, depth: 0);
        if (element.Tag.Number <= _last.Number || element.Tag.Group == DicomTag.Item.Group)
            throw DicomRefusedException.Corrupt($"the DICOM file has {element.Tag} after {_last} at byte {at}: its elements must ascend");
        _last = element.Tag;
        return true;
    }

    /// <summary>The value of the next item of a sequence or of fragments; false at the end. An item without a length is walked.</summary>
    public bool TryReadItem(out DicomElement item)
    {
        item = default;
        if (_at == _content.Length) return false;
        item = ReadItem(isExplicit, depth: 0);
        return item.Tag == DicomTag.Item ? true : throw DicomRefusedException.Corrupt($"the DICOM file has a stray {item.Tag} before byte {_at}");
    }

    private DicomElement Read(bool isExplicit, int depth)
    {
        var (at, tag) = (_at, ReadTag());
        var (vr, isShort) = isExplicit && tag.Group != DicomTag.Item.Group ? ReadRepresentation(tag) : ("", false);
        var length = isShort ? BinaryPrimitives.ReadUInt16LittleEndian(Take(2, tag)) : BinaryPrimitives.ReadUInt32LittleEndian(Take(4, tag));
        var begin = _at;
        if (length != Undefined)
        {
            Skip(length, tag);
            return new DicomElement(tag, vr, begin, (int)length, false);
        }
        if (vr is not ("" or "SQ" or "UN" or "OB" or "OW") || tag.Group == DicomTag.Item.Group)
            throw DicomRefusedException.Corrupt($"the DICOM file gives {tag} at byte {at} no length, which its kind of value needs");
        SkipItems(isExplicit && vr != "UN", isFragments: vr is "OB" or "OW", depth + 1, tag); // what is unknown is implicit (PS3.5, 6.2.2)
        return new DicomElement(tag, vr, begin, _at - 8 - begin, true);
    }

    /// <summary>To behind the delimiter that ends a sequence without a length.</summary>
    private void SkipItems(bool isExplicit, bool isFragments, int depth, DicomTag sequence)
    {
        if (depth > MaxDepth) throw DicomRefusedException.Unsupported($"the DICOM file nests sequences deeper than {MaxDepth} at byte {_at}");
        while (true)
        {
            if (_at == _content.Length) throw Ends(sequence);
            var item = ReadItem(isExplicit, depth);
            if (item.Tag == DicomTag.SequenceDelimitation) return;
            if (isFragments && item.IsUndefined) throw DicomRefusedException.Corrupt($"the DICOM file has a fragment without a length at byte {item.Start}");
        }
    }

    private DicomElement ReadItem(bool isExplicit, int depth)
    {
        var (at, tag) = (_at, ReadTag());
        var length = BinaryPrimitives.ReadUInt32LittleEndian(Take(4, tag));
        var begin = _at;
        if (tag != DicomTag.Item && (tag != DicomTag.SequenceDelimitation || length != 0))
            throw DicomRefusedException.Corrupt($"the DICOM file has {tag} at byte {at}, where an item or the end of a sequence must be");
        if (length != Undefined)
        {
            Skip(length, tag);
            return new DicomElement(tag, "", begin, (int)length, false);
        }
        while (true)
        {
            if (_at == _content.Length) throw Ends(tag);
            var element = Read(isExplicit, depth);
            if (element.Tag == DicomTag.ItemDelimitation) return new DicomElement(tag, "", begin, _at - 8 - begin, true);
            if (element.Tag.Group == DicomTag.Item.Group) throw DicomRefusedException.Corrupt($"the DICOM file has a stray {element.Tag} before byte {_at}");
        }
    }

    private DicomTag ReadTag()
    {
        var tag = Take(4, default);
        return new DicomTag((uint)BinaryPrimitives.ReadUInt16LittleEndian(tag) << 16 | BinaryPrimitives.ReadUInt16LittleEndian(tag[2..]));
    }

    private (string Vr, bool IsShort) ReadRepresentation(DicomTag tag)
    {
        var letters = Take(2, tag);
        foreach (var vr in s_short)
        {
            if (vr[0] == letters[0] && vr[1] == letters[1]) return (vr, true);
        }
        foreach (var vr in s_long)
        {
            if (vr[0] != letters[0] || vr[1] != letters[1]) continue;
            Take(2, tag);
            return (vr, false);
        }
        throw DicomRefusedException.Corrupt($"the DICOM file gives {tag} at byte {_at - 6} no known value representation");
    }

    private ReadOnlySpan<byte> Take(int length, DicomTag tag)
    {
        if (_content.Length - _at < length) throw Ends(tag);
        _at += length;
        return _content.Slice(_at - length, length);
    }

    private void Skip(uint length, DicomTag tag)
    {
        if ((length & 1) == 1) throw DicomRefusedException.Corrupt($"the DICOM file gives {tag} at byte {_at} an odd length of {length}");
        if (length > _content.Length - _at) throw Ends(tag);
        _at += (int)length;
    }

    private readonly DicomRefusedException Ends(DicomTag tag)
    {
        var within = tag == default ? $"at byte {_content.Length} within an element" : $"within {tag}, which begins before byte {_at}";
        return _isWholeFile
            ? DicomRefusedException.Truncated($"the DICOM file ends {within}")
            : DicomRefusedException.Corrupt($"a part of the DICOM file ends {within}");
    }
}
