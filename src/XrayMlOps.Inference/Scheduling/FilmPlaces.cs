namespace XrayMlOps.Inference.Scheduling;

/// <summary>
/// Gives out memory for films, the places of a block one after the other: films that come one after the other are likely to be scored in the same run, which
/// reads them where they lie if they lie side by side. Safe to share between threads.
/// </summary>
/// <param name="films">Of a block.</param>
internal sealed class FilmPlaces(int films)
{
    private readonly Lock _gate = new();
    private FilmBlock _block = FilmBlock.None;
    private int _given;

    /// <param name="length">Floats of the film.</param>
    public FilmPlace Next(int length)
    {
        lock (_gate)
        {
            if (_block.Length != length || _given == films) (_block, _given) = (new FilmBlock(films, length), 0);
            return new FilmPlace(_block, _given++);
        }
    }
}

/// <summary>Films of one length side by side: <c>[N, length]</c>.</summary>
internal sealed class FilmBlock
{
    private readonly float[] _floats;
    private readonly PinnedBytes _bytes;

    public FilmBlock(int films, int length)
    {
        Length = length;
        _floats = GC.AllocateUninitializedArray<float>(films * length, pinned: true);
        _bytes = new PinnedBytes(_floats);
    }

    public static FilmBlock None { get; } = new(0, 0);

    /// <summary>Floats from one film to the next.</summary>
    public int Length { get; }

    public Memory<float> Floats(int first, int count) => _floats.AsMemory(first * Length, count);

    public Memory<byte> Bytes(int first, int count) => _bytes.Memory.Slice(first * Length * sizeof(float), count * sizeof(float));
}

/// <param name="Index">In the block, from 0.</param>
internal readonly record struct FilmPlace(FilmBlock Block, int Index);
