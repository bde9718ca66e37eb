using System.ComponentModel.DataAnnotations;

namespace XrayMlOps.Imaging.Decoding;

/// <summary>
/// What <see cref="FilmDecoder"/> accepts; section <c>Imaging</c> of a host. The sides are read from the file's header and checked before any pixel buffer is
/// allocated, so a small file cannot ask for much memory.
/// </summary>
public sealed record ImagingLimits
{
    public const string Section = "Imaging";

    public static ImagingLimits Default { get; } = new();

    /// <summary>Bytes of one file, 1 to 1 GiB.</summary>
    [Range(1, 1 << 30)]
    public int MaxBytes { get; init; } = 64 << 20;

    /// <summary>Pixels of either side, 1 to 65,535.</summary>
    [Range(1, 65_535)]
    public int MaxSide { get; init; } = 20_000;

    /// <summary>Width times height, 1 to 2^28 (the resampler's bound). Decoding a colour PNG takes four bytes a pixel.</summary>
    [Range(1, 1 << 28)]
    public int MaxPixels { get; init; } = 100_000_000;

    /// <summary>Scans of a progressive JPEG, each of which costs a pass over the whole picture; 1 to 1,000. Encoders write about ten.</summary>
    [Range(1, 1_000)]
    public int MaxScans { get; init; } = 64;

    internal FilmDecodeResult? RefuseLength(long bytes) => bytes > MaxBytes
        ? FilmDecodeResult.Refused(FilmRejection.TooManyBytes, $"too many bytes: {bytes:N0}; {MaxBytes:N0} are allowed")
        : null;

    internal FilmDecodeResult Admit(FilmInfo film) =>
        film.Width > MaxSide || film.Height > MaxSide || (long)film.Width * film.Height > MaxPixels
            ? FilmDecodeResult.Refused(
                FilmRejection.TooManyPixels,
                $"too many pixels: {film.Width:N0} x {film.Height:N0}; a side of {MaxSide:N0} and {MaxPixels:N0} in all are allowed")
            : FilmDecodeResult.Read(film);
}
