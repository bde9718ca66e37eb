using static TorchSharp.torch;

namespace XrayMlOps.Training.Data;

/// <summary>Where the pixels of a dataset version's films are.</summary>
internal interface IFilmPixels : IDisposable
{
    int Count { get; }

    int Height { get; }

    int Width { get; }

    /// <summary>The films at <paramref name="positions"/>, uint8 [n, H, W], wherever they are. Not for several threads at once.</summary>
    Tensor Take(ReadOnlySpan<int> positions);
}
