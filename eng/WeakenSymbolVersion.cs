using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Copies a 64-bit little-endian ELF library and marks one of the symbol versions that it asks for as weak: the loader then
/// goes on where the system's library does not have that version. In <c>.gnu.version_r</c> (Linux Standard Base 5.0, "Version
/// Requirements") that is one bit, VER_FLG_WEAK in <c>vna_flags</c> of the version's entry.
/// </summary>
public sealed class WeakenSymbolVersion : Task
{
    private const uint VersionNeeds = 0x6ffffffe; // SHT_GNU_verneed
    private const ushort Weak = 0x2; // VER_FLG_WEAK

    [Required]
    public string Source { get; set; }

    [Required]
    public string Destination { get; set; }

    /// <summary>The version to weaken, such as <c>GLIBCXX_3.4.32</c>; a library that does not ask for it is copied as it is.</summary>
    [Required]
    public string Version { get; set; }

    public override bool Execute()
    {
        var elf = File.ReadAllBytes(Source);
        if (elf.Length < 64 || BitConverter.ToUInt32(elf, 0) != 0x464c457f || elf[4] != 2 || elf[5] != 1)
        {
            Log.LogError("{0} is not a 64-bit little-endian ELF file.", Source);
            return false;
        }
        var entries = MarkWeak(elf);
        Log.LogMessage(MessageImportance.Normal, "{0}: {1} made weak in {2} place(s).", Path.GetFileName(Source), Version, entries);

        // Beside it and renamed: the name never shows half a library, and a hard link to the package cache is never written through.
        Directory.CreateDirectory(Path.GetDirectoryName(Destination));
        var beside = Destination + "." + Guid.NewGuid().ToString("N");
        File.WriteAllBytes(beside, elf);
        File.Delete(Destination);
        File.Move(beside, Destination);
        return true;
    }

    private int MarkWeak(byte[] elf)
    {
        var sections = (long)BitConverter.ToUInt64(elf, 0x28);
        var sectionSize = BitConverter.ToUInt16(elf, 0x3a);
        var count = BitConverter.ToUInt16(elf, 0x3c);
        var marked = 0;
        for (var i = 0; i < count; i++)
        {
            var section = (int)(sections + i * sectionSize);
            if (BitConverter.ToUInt32(elf, section + 4) != VersionNeeds) continue;
            var strings = (int)(sections + BitConverter.ToUInt32(elf, section + 0x28) * sectionSize);
            marked += MarkWeak(elf, FileOffset(elf, section), FileOffset(elf, strings));
        }
        return marked;
    }

    /// <summary>Walks the libraries needed (Verneed) and the versions needed of each (Vernaux).</summary>
    private int MarkWeak(byte[] elf, int need, int strings)
    {
        var marked = 0;
        while (true)
        {
            var entry = need + (int)BitConverter.ToUInt32(elf, need + 8);
            for (var left = BitConverter.ToUInt16(elf, need + 2); left > 0; left--)
            {
                if (Text(elf, strings + (int)BitConverter.ToUInt32(elf, entry + 8)) == Version)
                {
                    elf[entry + 4] |= (byte)Weak;
                    marked++;
                }
                entry += (int)BitConverter.ToUInt32(elf, entry + 12);
            }
            var next = BitConverter.ToUInt32(elf, need + 12);
            if (next == 0) return marked;
            need += (int)next;
        }
    }

    private static int FileOffset(byte[] elf, int section)
    {
        return checked((int)BitConverter.ToUInt64(elf, section + 0x18));
    }

    private static string Text(byte[] elf, int start)
    {
        return Encoding.ASCII.GetString(elf, start, Array.IndexOf(elf, (byte)0, start) - start);
    }
}
