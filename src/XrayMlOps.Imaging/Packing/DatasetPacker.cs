using System.Buffers;
using Microsoft.Win32.SafeHandles;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Preprocessing;
using XrayMlOps.Imaging.Decoding;
using XrayMlOps.Imaging.Quality;

namespace XrayMlOps.Imaging.Packing;

/// <summary>
/// Decodes a dataset's films once, on all cores, into a scratch file of one row a film, then arranges those that a version
/// takes into packed tensors. Memory does not grow with the number of films. Disposing removes the scratch file.
/// </summary>
public sealed class DatasetPacker : IAsyncDisposable
{
    private readonly SafeFileHandle _scratch;
    private readonly PreprocessingSpec _spec;
    private readonly DecodedFilm[] _films;

    private DatasetPacker(SafeFileHandle scratch, PreprocessingSpec spec, int films) => (_scratch, _spec, _films) = (scratch, spec, new DecodedFilm[films]);

    /// <summary>One a digest, in the order given.</summary>
    public IReadOnlyList<DecodedFilm> Films => _films;

    private int RowBytes => _spec.Height * _spec.Width;

    /// <summary>
    /// Reads and decodes every blob. A film that cannot be read is an entry of <see cref="Films"/> that says why; a missing blob throws
    /// <see cref="BlobNotFoundException"/>.
    /// </summary>
    /// <param name="scratchFolder">Takes <c>Height * Width</c> bytes a film; created if absent.</param>
    /// <param name="progress">Films done so far, ascending; called from worker threads, one at a time.</param>
    public static async Task<DatasetPacker> DecodeAsync(
        IBlobStore blobs, FilmDecoder decoder, PreprocessingSpec spec, IReadOnlyList<string> digests, string scratchFolder, IProgress<int>? progress,
        CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(scratchFolder);
        var scratch = File.OpenHandle(
            Path.Combine(scratchFolder, $"{Guid.NewGuid():N}.rows"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
        var packer = new DatasetPacker(scratch, spec, digests.Count);
        try
        {
            var (done, gate) = (0, new Lock());
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
            await Parallel.ForAsync(0, digests.Count, parallel, async (film, token) =>
            {
                packer._films[film] = await packer.DecodeAsync(blobs, decoder, digests[film], film, token);
                lock (gate) progress?.Report(++done);
            });
            return packer;
        }
        catch
        {
            await packer.DisposeAsync();
            throw;
        }
    }

    /// <summary>Writes the tensors of the chosen rows, in their order (see <see cref="PackedTensors"/>).</summary>
    public Task WriteAsync(Stream npz, IReadOnlyList<PackedRow> rows, CancellationToken cancellationToken)
    {
        foreach (var row in rows)
        {
            var film = _films[row.Film];
            if (!film.Result.Succeeded)
                throw new ArgumentException($"Film {row.Film} (sha256:{film.Digest}) was refused: {film.Result.Reason}. Leave it out.", nameof(rows));
        }
        var labels = rows.Select(row => new PackedLabel(row.Label, row.Split, row.Patient)).ToArray();
        return PackedTensors.WriteAsync(npz, _spec.Height, _spec.Width, labels, (i, pixels, token) => ReadRowAsync(rows[i].Film, pixels, token), cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        _scratch.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<DecodedFilm> DecodeAsync(IBlobStore blobs, FilmDecoder decoder, string digest, int film, CancellationToken cancellationToken)
    {
        await using var blob = await blobs.OpenReadAsync(digest, cancellationToken);
        if (decoder.RefuseLength(blob.Length) is { } tooLong) return new DecodedFilm(digest, blob.Length, tooLong, null);

        var length = (int)blob.Length;
        var content = ArrayPool<byte>.Shared.Rent(length);
        var pixels = ArrayPool<byte>.Shared.Rent(RowBytes);
        try
        {
            await blob.ReadExactlyAsync(content.AsMemory(0, length), cancellationToken);
            var result = decoder.Decode(content.AsSpan(0, length), _spec, pixels.AsSpan(0, RowBytes));
            if (!result.Succeeded) return new DecodedFilm(digest, length, result, null);
            await RandomAccess.WriteAsync(_scratch, pixels.AsMemory(0, RowBytes), (long)film * RowBytes, cancellationToken);
            return new DecodedFilm(digest, length, result, FilmInspector.Inspect(digest, length, result.Info, pixels.AsSpan(0, RowBytes), _spec.Width, _spec.Height));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(content);
            ArrayPool<byte>.Shared.Return(pixels);
        }
    }

    private async ValueTask ReadRowAsync(int film, Memory<byte> pixels, CancellationToken cancellationToken)
    {
        for (var read = 0; read < pixels.Length;)
        {
            var more = await RandomAccess.ReadAsync(_scratch, pixels[read..], (long)film * RowBytes + read, cancellationToken);
            if (more == 0) throw new EndOfStreamException($"The scratch file ends within film {film}: it was changed from outside.");
            read += more;
        }
    }
}
