using System.Buffers;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace XrayMlOps.Storage.Blobs;

/// <summary>
/// Reads a blob through a window of it that is held in memory. A blob of up to <see cref="LargestWindow"/> takes one request. Reading on
/// doubles the window, jumping makes it small again: a scan takes few requests and a search few bytes.
/// </summary>
internal sealed class AzureBlobStream : Stream
{
    internal const int LargestWindow = AzureBlobStore.BlockBytes;
    private const int SmallestWindow = 64 << 10;

    private readonly BlockBlobClient _blob;
    private readonly string _digest;
    private readonly AzureFailures _failures;
    private byte[] _window = [];
    private long _windowStart;
    private int _windowLength;
    private int _next = LargestWindow;
    private long _length;
    private long _position;

    private AzureBlobStream(BlockBlobClient blob, string digest, AzureFailures failures) => (_blob, _digest, _failures) = (blob, digest, failures);

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => _length;

    public override long Position
    {
        get => _position;
        set => _position = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A position is not below 0.");
    }

    public static async Task<AzureBlobStream> OpenAsync(BlockBlobClient blob, string digest, AzureFailures failures, CancellationToken cancellationToken)
    {
        var stream = new AzureBlobStream(blob, digest, failures);
        await stream.FetchAsync(cancellationToken);
        return stream;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position >= _length || buffer.IsEmpty) return 0;
        if (_position < _windowStart || _position >= _windowStart + _windowLength)
        {
            _next = _position == _windowStart + _windowLength ? Math.Min(_next * 2, LargestWindow) : SmallestWindow;
            await FetchAsync(cancellationToken);
        }
        var at = (int)(_position - _windowStart);
        var count = Math.Min(buffer.Length, _windowLength - at);
        _window.AsMemory(at, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => _position,
        _ => _length,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && _window is not [])
        {
            ArrayPool<byte>.Shared.Return(_window);
            (_window, _length) = ([], 0);
        }
        base.Dispose(disposing);
    }

    /// <summary>Moves the window to the position. Its bytes cannot change meanwhile: the blob's name is their digest.</summary>
    private Task FetchAsync(CancellationToken cancellationToken) => _failures.TranslateAsync(_digest, async () =>
    {
        try
        {
            using var answer = (await _blob.DownloadStreamingAsync(new BlobDownloadOptions { Range = new HttpRange(_position, _next) }, cancellationToken)).Value;
            var length = (int)answer.Details.ContentLength;
            if (_window.Length < length)
            {
                if (_window is not []) ArrayPool<byte>.Shared.Return(_window);
                _window = ArrayPool<byte>.Shared.Rent(length);
            }
            _windowLength = 0; // should the answer break off
            await answer.Content.ReadExactlyAsync(_window.AsMemory(0, length), cancellationToken);
            (_windowStart, _windowLength, _length) = (_position, length, TotalOf(answer.Details));
        }
        catch (RequestFailedException empty) when (empty.Status == 416)
        {
            _length = 0; // an empty blob has no first byte
        }
        return true;
    }, cancellationToken);

    /// <summary>Behind the slash of <c>bytes 0-99/1234</c>; an answer without a range is the whole.</summary>
    private static long TotalOf(BlobDownloadDetails details) =>
        details.ContentRange is { } range ? long.Parse(range.AsSpan(range.IndexOf('/', StringComparison.Ordinal) + 1), System.Globalization.CultureInfo.InvariantCulture) : details.ContentLength;
}
