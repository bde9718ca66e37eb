using System.Buffers;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Preprocessing;
using XrayMlOps.Imaging.Decoding;

namespace XrayMlOps.Imaging.Packing;

/// <summary>
/// Reads the pixels of films one after another, in an order known beforehand: from the cache, or else decoded from their blobs, some films ahead on all
/// cores. Memory does not grow with the number of films.
/// </summary>
public sealed class FilmRows : IAsyncDisposable
{
    private readonly IBlobStore _blobs;
    private readonly FilmDecoder _decoder;
    private readonly PreprocessingSpec _spec;
    private readonly IReadOnlyList<string> _digests;
    private readonly RowCache? _cache;
    private readonly CancellationTokenSource _stop;
    private readonly Queue<Task<byte[]>> _ahead = [];
    private int _begun;

    /// <param name="spec">How the films are decoded.</param>
    /// <param name="digests">The films, in the order in which they will be read.</param>
    /// <param name="cache">Rows of the same <paramref name="spec"/>, if any are kept.</param>
    public FilmRows(
        IBlobStore blobs, FilmDecoder decoder, PreprocessingSpec spec, IReadOnlyList<string> digests, RowCache? cache, CancellationToken cancellationToken)
    {
        (_blobs, _decoder, _spec, _digests, _cache) = (blobs, decoder, spec, digests, cache);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    private static int Ahead => 2 * Environment.ProcessorCount;

    private int RowBytes => _spec.Height * _spec.Width;

    /// <summary>Fills <paramref name="pixels"/> with the next film, <c>[Height, Width]</c>.</summary>
    /// <exception cref="BlobNotFoundException">A film's blob is gone.</exception>
    /// <exception cref="InvalidDataException">A film cannot be decoded.</exception>
    public async ValueTask ReadNextAsync(Memory<byte> pixels)
    {
        while (_ahead.Count < Ahead && _begun < _digests.Count)
        {
            var digest = _digests[_begun++];
            _ahead.Enqueue(Task.Run(() => ReadAsync(digest, _stop.Token), _stop.Token));
        }
        var row = await _ahead.Dequeue();
        row.AsSpan(0, RowBytes).CopyTo(pixels.Span);
        ArrayPool<byte>.Shared.Return(row);
    }

    /// <summary>Ends what was begun ahead.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var row in _ahead) await ((Task)row).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task<byte[]> ReadAsync(string digest, CancellationToken cancellationToken)
    {
        var row = ArrayPool<byte>.Shared.Rent(RowBytes);
        if (_cache is not null && _cache.TryRead(digest, row.AsSpan(0, RowBytes))) return row;
        await using var blob = await _blobs.OpenReadAsync(digest, cancellationToken);
        var refused = _decoder.RefuseLength(blob.Length);
        if (refused is null)
        {
            var length = (int)blob.Length;
            var content = ArrayPool<byte>.Shared.Rent(length);
            try
            {
                await blob.ReadExactlyAsync(content.AsMemory(0, length), cancellationToken);
                var film = _decoder.Decode(content.AsSpan(0, length), _spec, row.AsSpan(0, RowBytes));
                if (film.Succeeded) return row;
                refused = film;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(content);
            }
        }
        throw new InvalidDataException($"The film sha256:{digest} cannot be packed: {refused.Value.Reason}.");
    }
}
