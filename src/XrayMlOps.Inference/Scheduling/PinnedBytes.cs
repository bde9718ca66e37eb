using System.Buffers;
using System.Runtime.InteropServices;

namespace XrayMlOps.Inference.Scheduling;

/// <summary>The bytes of floats, for what reads into memory rather than into spans.</summary>
/// <param name="floats">Allocated pinned.</param>
internal sealed unsafe class PinnedBytes(float[] floats) : MemoryManager<byte>
{
    public override Span<byte> GetSpan() => MemoryMarshal.AsBytes(floats.AsSpan());

    public override MemoryHandle Pin(int elementIndex = 0) => new((byte*)Marshal.UnsafeAddrOfPinnedArrayElement(floats, 0) + elementIndex);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
