namespace XrayMlOps.Core.Datasets;

/// <summary>What decoding a film tells of it, once and for all: a function of its bytes.</summary>
public sealed record FilmFacts
{
    /// <summary>Length of a side of <see cref="Thumbnail"/>.</summary>
    public const int ThumbnailSide = 16;

    /// <summary>SHA-256 of the image file.</summary>
    public required string Digest { get; init; }

    /// <summary>Size of the image file.</summary>
    public required long Bytes { get; init; }

    /// <summary>Pixels of the original.</summary>
    public required int Width { get; init; }

    /// <summary>Pixels of the original.</summary>
    public required int Height { get; init; }

    /// <summary><c>jpeg</c>, <c>png</c> or <c>dicom</c>.</summary>
    public required string Format { get; init; }

    /// <summary>256 bits as 64 lower-case hexadecimal digits: films that look alike differ in few of them.</summary>
    public required string PerceptualHash { get; init; }

    /// <summary>Mean grey level, 0 to 255: how bright the film is.</summary>
    public required double Mean { get; init; }

    /// <summary>Standard deviation of the grey levels: how much contrast the film has.</summary>
    public required double Deviation { get; init; }

    /// <summary>Grey levels of the film shrunk to 16 x 16, row by row: 256 bytes.</summary>
    public required byte[] Thumbnail { get; init; }
}
