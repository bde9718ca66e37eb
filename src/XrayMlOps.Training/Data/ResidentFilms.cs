using XrayMlOps.Training.Devices;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Data;

/// <summary>All films in memory, on the GPU or the host. Owns them.</summary>
internal sealed class ResidentFilms : IFilmPixels
{
    private const int BytesAtOnce = 64 << 20;

    private readonly Tensor _pixels;

    private ResidentFilms(Tensor pixels) => _pixels = pixels;

    public int Count => (int)_pixels.shape[0];

    public int Height => (int)_pixels.shape[1];

    public int Width => (int)_pixels.shape[2];

    /// <summary>Copies the films to <paramref name="device"/>, a piece at a time.</summary>
    public static ResidentFilms CopyOf(IFilmPixels films, Device device)
    {
        var pixels = empty([films.Count, films.Height, films.Width], ScalarType.Byte, device).DetachFromDisposeScope();
        var first = 0;
        foreach (var piece in Enumerable.Range(0, films.Count).Chunk(Math.Max(1, BytesAtOnce / (films.Height * films.Width))))
        {
            using var scope = NewDisposeScope();
            pixels.narrow(0, first, piece.Length).copy_(films.Take(piece));
            first += piece.Length;
        }
        return new ResidentFilms(pixels);
    }

    public Tensor Take(ReadOnlySpan<int> positions)
    {
        using var scope = NewDisposeScope();
        return _pixels.index_select(0, tensor(positions.ToArray()).ToDevice(_pixels.device)).MoveToOuterDisposeScope();
    }

    public void Dispose() => _pixels.Dispose();
}
