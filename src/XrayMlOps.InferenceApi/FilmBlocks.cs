using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace XrayMlOps.InferenceApi;

/// <summary>
/// Blocks of 64 KiB for the server's sockets. Its own are of 4 KiB, for messages of that size: a film of 256 KiB would come in 64 pieces, each with its system
/// calls. A connection that waits for a request holds none.
/// </summary>
internal sealed class FilmBlocks : IMemoryPoolFactory<byte>
{
    public MemoryPool<byte> Create(MemoryPoolOptions? options) => new Pool();

    private sealed class Pool : MemoryPool<byte>
    {
        private const int BlockSize = 64 << 10;

        /// <summary>16 MiB; what more a burst left behind is given back to the machine.</summary>
        private const int MostFree = 256;

        private readonly ConcurrentQueue<Block> _free = new();

        public override int MaxBufferSize => BlockSize;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockSize);
            return _free.TryDequeue(out var block) ? block : new Block(this);
        }

        protected override void Dispose(bool disposing) => _free.Clear();

        private sealed class Block(Pool pool) : IMemoryOwner<byte>
        {
            public Memory<byte> Memory { get; } = GC.AllocateUninitializedArray<byte>(BlockSize, pinned: true);

            public void Dispose()
            {
                if (pool._free.Count < MostFree) pool._free.Enqueue(this);
            }
        }
    }
}
