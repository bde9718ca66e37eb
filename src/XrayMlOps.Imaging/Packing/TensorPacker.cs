using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Preprocessing;
using XrayMlOps.Imaging.Decoding;

namespace XrayMlOps.Imaging.Packing;

/// <summary>
/// Packs the films of dataset versions into tensors (see <see cref="PackedTensors"/>), in files of <see cref="LargestShard"/> bytes at most.
/// Memory does not grow with the number of films.
/// </summary>
/// <param name="scratchFolder">Takes a shard while it is written.</param>
public sealed class TensorPacker(IBlobStore blobs, FilmDecoder decoder, string scratchFolder)
{
    /// <summary>Of the headers of an npz file, generously.</summary>
    private const int HeaderBytes = 1 << 12;

    /// <summary>Bytes that a file takes at most, unless a film alone takes more.</summary>
    public long LargestShard { get; init; } = 2_000_000_000;

    /// <summary>Packs a version: a row an entry, in the manifest's order; its patients are numbered in ordinal order of their names, over all shards.</summary>
    /// <param name="cache">Rows of <paramref name="spec"/> that need not be decoded again, if any are kept.</param>
    /// <param name="store">Stores a shard, from where its stream stands, and answers its digest.</param>
    /// <param name="packed">Told how many films are packed so far.</param>
    /// <returns>Digests of the shards, in order. Equal films give equal shards.</returns>
    /// <exception cref="BlobNotFoundException">A film's blob is gone.</exception>
    /// <exception cref="InvalidDataException">A film cannot be decoded.</exception>
    public async Task<IReadOnlyList<string>> PackAsync(
        IReadOnlyList<ManifestEntry> films, PreprocessingSpec spec, RowCache? cache, Func<Stream, CancellationToken, Task<string>> store, Action<int>? packed,
        CancellationToken cancellationToken)
    {
        var patients = films.Select(film => film.Patient).Distinct().Order(StringComparer.Ordinal).Index()
            .ToDictionary(patient => patient.Item, patient => (long)patient.Index);
        var filmBytes = (long)spec.Height * spec.Width + PackedTensors.LabelBytes;
        var filmsAShard = (int)Math.Clamp((LargestShard - HeaderBytes) / filmBytes, 1, int.MaxValue);

        await using var rows = new FilmRows(blobs, decoder, spec, [.. films.Select(film => film.Digest)], cache, cancellationToken);
        List<string> shards = [];
        var done = 0;
        foreach (var shard in films.Chunk(filmsAShard))
        {
            await using var npz = ScratchFile.Create(scratchFolder);
            var labels = shard.Select(film => new PackedLabel(film.Label, film.Split, patients[film.Patient])).ToArray();
            await PackedTensors.WriteAsync(npz, spec.Height, spec.Width, labels, async (_, pixels, _) =>
            {
                await rows.ReadNextAsync(pixels);
                packed?.Invoke(++done);
            }, cancellationToken);
            npz.Position = 0;
            shards.Add(await store(npz, cancellationToken));
        }
        return shards;
    }
}
