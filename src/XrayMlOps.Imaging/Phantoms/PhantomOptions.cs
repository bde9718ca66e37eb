using System.ComponentModel.DataAnnotations;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Imaging.Phantoms;

/// <summary>Which synthetic films to make. Equal options give equal films.</summary>
public sealed record PhantomOptions
{
    /// <summary>1 to 100,000.</summary>
    [Range(1, 100_000)]
    public int FilmsPerClass { get; init; } = 300;

    public int Seed { get; init; } = 1;

    /// <summary>1 to 100, as JPEG encoders count.</summary>
    [Range(1, 100)]
    public int JpegQuality { get; init; } = 90;
}

/// <summary>One synthetic film.</summary>
/// <param name="File">Relative path in the layout of the public pneumonia download, from which a push reads label and patient.</param>
/// <param name="Patient">From 1; no two classes share a patient.</param>
/// <param name="Number">Of the film among its patient's, from 1.</param>
public readonly record struct PhantomFilm(string File, ImageLabel Label, int Patient, int Number);
