using System.Buffers;

namespace XrayMlOps.InferenceApi.Predictions;

/// <summary>Bytes read from a stream into a pooled buffer, until this is disposed of.</summary>
internal sealed class PooledBytes : IDisposable
{
    private const int FirstGuess = 256 << 10;

    /// <summary>A caller may announce much and send nothing: more is only taken for bytes that came.</summary>
    private const int LargestGuess = 4 << 20;

    private byte[] _buffer;
    private int _length;

    private PooledBytes(int capacity) => _buffer = ArrayPool<byte>.Shared.Rent(capacity);

    public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(0, _length);

    /// <summary>Reads to the end of a stream that ends, or throws, within 512 MiB.</summary>
    /// <param name="expected">The stream's length, if something said so. It is only a hint.</param>
    /// <param name="limit">Bytes that are read; for more it throws <see cref="BadHttpRequestException"/> with 413. The server sees to that itself where nothing is compressed.</param>
    public static async Task<PooledBytes> ReadAsync(Stream stream, long? expected, CancellationToken cancellationToken, long limit = long.MaxValue)
    {
        // One more than expected, so that the end is seen without growing.
        var bytes = new PooledBytes((int)Math.Min(expected + 1 ?? FirstGuess, LargestGuess));
        try
        {
            while (await stream.ReadAsync(bytes._buffer.AsMemory(bytes._length), cancellationToken) is > 0 and var read)
            {
                bytes._length += read;
                if (bytes._length > limit) throw new BadHttpRequestException($"The body is larger than {limit} bytes.", StatusCodes.Status413PayloadTooLarge);
                if (bytes._length == bytes._buffer.Length) bytes.Grow();
            }
            return bytes;
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    /// <summary>Reads so many bytes. Throws <see cref="EndOfStreamException"/> if there are fewer.</summary>
    /// <param name="length">At most what the caller is ready to hold before it has come.</param>
    public static async Task<PooledBytes> ReadExactlyAsync(Stream stream, int length, CancellationToken cancellationToken)
    {
        var bytes = new PooledBytes(length);
        try
        {
            await stream.ReadExactlyAsync(bytes._buffer.AsMemory(0, length), cancellationToken);
            bytes._length = length;
            return bytes;
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        var buffer = Interlocked.Exchange(ref _buffer, []);
        _length = 0;
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(checked(_buffer.Length * 2));
        _buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
