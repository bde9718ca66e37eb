namespace XrayMlOps.Core.Datasets;

/// <summary>One film of a dataset version: a line of its manifest.</summary>
public sealed record ManifestEntry
{
    /// <summary>SHA-256 of the image file.</summary>
    public required string Digest { get; init; }

    public required ImageLabel Label { get; init; }

    /// <summary>Whom the film shows. Films of one patient are never in two splits.</summary>
    public required string Patient { get; init; }

    public required Split Split { get; init; }

    /// <summary>Path of the file inside the pushed folder, with forward slashes.</summary>
    public required string File { get; init; }

    /// <summary>Size of the image file.</summary>
    public required long Bytes { get; init; }

    /// <summary>Pixels of the original.</summary>
    public required int Width { get; init; }

    /// <summary>Pixels of the original.</summary>
    public required int Height { get; init; }

    /// <summary>See <see cref="FilmFacts.PerceptualHash"/>; null in versions made before there was one.</summary>
    public string? PerceptualHash { get; init; }
}
