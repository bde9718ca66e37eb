using Microsoft.Win32.SafeHandles;
using XrayMlOps.Core.Blobs;

namespace XrayMlOps.Imaging.Packing;

/// <summary>
/// Decoded films in a scratch file of fixed slots, found by digest, so that a film that was decoded when it came in is not decoded again to be
/// packed. Bounded: the oldest make room. Safe to share between threads: a row that is being overwritten is not found, never half read.
/// The file goes with the process, however that ends.
/// </summary>
public sealed class RowCache : IDisposable
{
    private readonly Lock _gate = new();
    private readonly FileStream _scratch;
    private readonly SafeFileHandle _file; // of the scratch file, which rows are read from and written to at their places
    private readonly Slot[] _slots;
    private readonly Dictionary<string, int> _slotByDigest = new(StringComparer.Ordinal);
    private int _next;

    /// <param name="folder">Made if it is not there.</param>
    /// <param name="rowBytes">Of every row.</param>
    /// <param name="slots">Rows kept; the file takes <paramref name="rowBytes"/> for each that was ever used.</param>
    public RowCache(string folder, int rowBytes, int slots)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rowBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(slots, 1);
        (RowBytes, _slots) = (rowBytes, new Slot[slots]);
        _scratch = ScratchFile.Create(folder);
        _file = _scratch.SafeFileHandle;
    }

    public int RowBytes { get; }

    /// <summary>Keeps a row; one whose digest is there already is left as it is, for the digest decides its pixels.</summary>
    public void Add(string digest, ReadOnlySpan<byte> row)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(row.Length, RowBytes);
        int slot;
        lock (_gate)
        {
            if (_slotByDigest.ContainsKey(digest) || FindFreeSlot() is not { } free) return;
            slot = free;
            if (_slots[slot].Digest is { } oldest) _slotByDigest.Remove(oldest);
            _slots[slot] = new Slot { Writes = _slots[slot].Writes + 1, IsBeingWritten = true };
        }
        var written = false;
        try
        {
            RandomAccess.Write(_file, row, OffsetOf(slot));
            written = true;
        }
        finally
        {
            lock (_gate)
            {
                _slots[slot].IsBeingWritten = false;
                if (written && _slotByDigest.TryAdd(digest, slot)) _slots[slot].Digest = digest;
            }
        }
    }

    /// <summary>Fills <paramref name="row"/> and answers true, or false (and <paramref name="row"/> undefined) if the film is not there (any more).</summary>
    public bool TryRead(string digest, Span<byte> row)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(row.Length, RowBytes);
        int slot, writes;
        lock (_gate)
        {
            if (!_slotByDigest.TryGetValue(digest, out slot)) return false;
            writes = _slots[slot].Writes;
        }
        for (var read = 0; read < row.Length;)
        {
            var more = RandomAccess.Read(_file, row[read..], OffsetOf(slot) + read);
            if (more == 0) return false;
            read += more;
        }
        lock (_gate) return _slots[slot].Writes == writes; // otherwise another film took the slot while it was read
    }

    public void Dispose() => _scratch.Dispose();

    private long OffsetOf(int slot) => (long)slot * RowBytes;

    /// <summary>The slot that was written longest ago; null if every slot is being written.</summary>
    private int? FindFreeSlot()
    {
        for (var tried = 0; tried < _slots.Length; tried++)
        {
            var slot = _next;
            _next = (_next + 1) % _slots.Length;
            if (!_slots[slot].IsBeingWritten) return slot;
        }
        return null;
    }

    private struct Slot
    {
        public string? Digest;

        /// <summary>Counts how often the slot was given to a film.</summary>
        public int Writes;

        public bool IsBeingWritten;
    }
}
