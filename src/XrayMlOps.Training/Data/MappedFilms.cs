using static TorchSharp.torch;

namespace XrayMlOps.Training.Data;

/// <summary>
/// The pixels of a dataset version's films where they lie on the disk, in one file or several. The system reads what is asked for and keeps
/// what it has room for, so a version may be larger than memory.
/// </summary>
/// <param name="height">Of each film.</param>
/// <param name="width">Of each film.</param>
internal sealed class MappedFilms(int height, int width) : IFilmPixels
{
    private readonly List<Stream> _shards = [];
    private readonly List<int> _ends = [];

    public int Height => height;

    public int Width => width;

    public int Count => _ends is [.., var end] ? end : 0;

    /// <summary>Takes ownership of the next <paramref name="films"/> films' pixels, row-major [films, height, width].</summary>
    public void Add(Stream pixels, int films)
    {
        _shards.Add(pixels);
        _ends.Add(checked(Count + films));
    }

    public Tensor Take(ReadOnlySpan<int> positions)
    {
        var batch = empty([positions.Length, height, width], ScalarType.Byte);
        var pixels = batch.bytes;
        var film = height * width;
        for (var i = 0; i < positions.Length; i++) Read(positions[i], pixels.Slice(i * film, film));
        return batch;
    }

    public void Dispose()
    {
        foreach (var shard in _shards) shard.Dispose();
    }

    /// <summary>Fills <paramref name="pixels"/> with a film, [height, width].</summary>
    private void Read(int film, Span<byte> pixels)
    {
        var shard = _ends.BinarySearch(film + 1);
        if (shard < 0) shard = ~shard;
        var first = shard == 0 ? 0 : _ends[shard - 1];
        _shards[shard].Position = (long)(film - first) * height * width;
        _shards[shard].ReadExactly(pixels);
    }
}
