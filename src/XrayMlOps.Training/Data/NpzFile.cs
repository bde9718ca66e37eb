using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Text;

namespace XrayMlOps.Training.Data;

/// <summary>
/// The arrays of a NumPy npz file: a zip file (PKWARE APPNOTE 6.3) of entries stored without compression, so that an array is a piece of the
/// file and can be mapped into memory. Files of more than 4 GB (zip64) are not read: the platform writes shards of 2 GB at most.
/// </summary>
internal sealed class NpzFile : IDisposable
{
    private const int EndBytes = 22;
    private const int LongestComment = ushort.MaxValue;
    private const int LongestDirectory = 1 << 20;
    private const int DirectoryEntryBytes = 46;
    private const int LocalHeaderBytes = 30;
    private const int Stored = 0;

    private readonly FileStream _file;
    private readonly Dictionary<string, (int Method, long Header, long Length)> _entries;

    /// <exception cref="InvalidDataException">It is no such file.</exception>
    public NpzFile(string path)
    {
        _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1);
        try
        {
            _entries = ReadDirectory();
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public string Path => _file.Name;

    /// <exception cref="TrainingFailedException">There is no such array, or not all of it.</exception>
    public NpzArray Find(string name, string type, int rank, int elementBytes)
    {
        if (!_entries.TryGetValue($"{name}.npy", out var entry)) throw Problem(name, $"it is missing; the file holds {string.Join(", ", _entries.Keys)}");
        if (entry.Method != Stored) throw Problem(name, "it is compressed; write it without compression (numpy.savez, not savez_compressed)");
        try
        {
            var start = StartOf(entry.Header);
            if (start + entry.Length > _file.Length) throw new EndOfStreamException("it reaches beyond the end of the file");
            _file.Position = start;
            var header = NpyHeader.Read(_file);
            if (header.Type != type) throw new InvalidDataException($"its elements are {header.Type}; {type} is needed");
            if (header.Shape.Count != rank) throw new InvalidDataException($"its shape is ({string.Join(", ", header.Shape)}); {rank} dimension(s) are needed");
            var bytes = header.Shape.Aggregate((long)elementBytes, (product, side) => checked(product * side));
            return _file.Position + bytes <= start + entry.Length
                ? new NpzArray(_file.Position, bytes, header.Shape)
                : throw new EndOfStreamException("it ends before its last element: the file is damaged");
        }
        catch (Exception problem) when (problem is InvalidDataException or EndOfStreamException or OverflowException)
        {
            throw Problem(name, problem.Message, problem);
        }
    }

    /// <summary>Reads a whole array of one dimension.</summary>
    public T[] Read<T>(string name, string type)
        where T : unmanaged
    {
        var array = Find(name, type, rank: 1, Marshal.SizeOf<T>());
        if (array.Shape[0] > Array.MaxLength / Marshal.SizeOf<T>()) throw Problem(name, $"it has {array.Shape[0]} elements, more than can be read");
        var values = new T[array.Shape[0]];
        _file.Position = array.Offset;
        _file.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    /// <summary>Maps the elements of an array; the stream reads them from memory, and may outlive this.</summary>
    public Stream Map(NpzArray array)
    {
        using var mapping = MemoryMappedFile.CreateFromFile(
            _file, mapName: null, capacity: 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        return mapping.CreateViewStream(array.Offset, array.Bytes, MemoryMappedFileAccess.Read);
    }

    public TrainingFailedException Problem(string array, string what, Exception? inner = null) => new($"{Path}: array '{array}': {what}.", inner);

    public void Dispose() => _file.Dispose();

    /// <summary>The first byte behind a local file header, whose length only it tells.</summary>
    private long StartOf(long localHeader)
    {
        Span<byte> header = stackalloc byte[LocalHeaderBytes];
        _file.Position = localHeader;
        _file.ReadExactly(header);
        if (!header.StartsWith("PK\x3\x4"u8)) throw new InvalidDataException("its entry has no header: the file is damaged");
        return localHeader + LocalHeaderBytes + BinaryPrimitives.ReadUInt16LittleEndian(header[26..]) + BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
    }

    private Dictionary<string, (int Method, long Header, long Length)> ReadDirectory()
    {
        var tail = new byte[Math.Min(_file.Length, EndBytes + LongestComment)];
        _file.Position = _file.Length - tail.Length;
        _file.ReadExactly(tail);
        var at = tail.AsSpan().LastIndexOf("PK\x5\x6"u8);
        if (at < 0 || tail.Length - at < EndBytes) throw new InvalidDataException("it is no zip file, or it was cut off");
        var end = tail.AsSpan(at);
        var (count, length, start) = (
            BinaryPrimitives.ReadUInt16LittleEndian(end[10..]), BinaryPrimitives.ReadUInt32LittleEndian(end[12..]),
            BinaryPrimitives.ReadUInt32LittleEndian(end[16..]));
        if (start == uint.MaxValue) throw new InvalidDataException("it is a zip64 file; make shards of less than 4 GB");
        if (length > LongestDirectory || start + (long)length > _file.Length) throw new InvalidDataException("its zip directory is damaged");

        var directory = new byte[length];
        _file.Position = start;
        _file.ReadExactly(directory);
        Dictionary<string, (int, long, long)> entries = [];
        var rest = directory.AsSpan();
        for (var i = 0; i < count; i++)
        {
            if (rest.Length < DirectoryEntryBytes || !rest.StartsWith("PK\x1\x2"u8)) throw new InvalidDataException("its zip directory is damaged");
            var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(rest[28..]);
            var (extra, comment) = (BinaryPrimitives.ReadUInt16LittleEndian(rest[30..]), BinaryPrimitives.ReadUInt16LittleEndian(rest[32..]));
            var entryLength = DirectoryEntryBytes + nameLength + extra + comment;
            if (rest.Length < entryLength) throw new InvalidDataException("its zip directory is damaged");
            entries[Encoding.UTF8.GetString(rest.Slice(DirectoryEntryBytes, nameLength))] = (
                BinaryPrimitives.ReadUInt16LittleEndian(rest[10..]), BinaryPrimitives.ReadUInt32LittleEndian(rest[42..]),
                BinaryPrimitives.ReadUInt32LittleEndian(rest[20..]));
            rest = rest[entryLength..];
        }
        return entries;
    }
}

/// <summary>Where the elements of an array lie in its file.</summary>
/// <param name="Bytes">All of them, from <paramref name="Offset"/>.</param>
internal readonly record struct NpzArray(long Offset, long Bytes, IReadOnlyList<long> Shape);
