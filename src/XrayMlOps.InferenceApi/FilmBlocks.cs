using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace XrayMlOps.InferenceApi;

/// <summary>
/// Blocks of 64 KiB for the server's sockets. Its own are of 4 KiB, for messages of that size: a film of 256 KiB would come in 64 pieces, each with its system
/// calls. The block that was given back last, which the processor's caches still hold, goes first. A connection that waits for a request holds none.
/// </summary>
internal sealed class FilmBlocks : IMemoryPoolFactory<byte>
{
    public MemoryPool<byte> Create(MemoryPoolOptions? options) => new Pool();

    private sealed class Pool : MemoryPool<byte>
    {
        private const int BlockSize = 64 << 10;

        /// <summary>16 MiB; what more a burst left behind is given back to the machine.</summary>
        private const int MostFree = 256;

        private readonly Lock _gate = new();
        private readonly Stack<Block> _free = new();

        public override int MaxBufferSize => BlockSize;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockSize);
            lock (_gate)
            {
                if (_free.TryPop(out var block)) return block;
            }
            return new Block(this);
        }

        protected override void Dispose(bool disposing)
        {
            lock (_gate) _free.Clear();
        }

        private void Return(Block block)
        {
            lock (_gate)
            {
                if (_free.Count < MostFree) _free.Push(block);
            }
        }

        private sealed class Block(Pool pool) : IMemoryOwner<byte>
        {
            public Memory<byte> Memory { get; } = GC.AllocateUninitializedArray<byte>(BlockSize, pinned: true);

            public void Dispose() => pool.Return(this);
        }
    }
}
