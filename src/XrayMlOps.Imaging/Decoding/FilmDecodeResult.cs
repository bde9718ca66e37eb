using System.Diagnostics.CodeAnalysis;

namespace XrayMlOps.Imaging.Decoding;

public enum FilmFormat
{
    Jpeg,
    Png,
    Dicom,
}

/// <summary>Why a file is not a film that can be read.</summary>
public enum FilmRejection
{
    /// <summary>It was read.</summary>
    None,

    /// <summary>No bytes at all.</summary>
    Empty,

    /// <summary>Neither a JPEG, a PNG nor a DICOM file, whatever its name says.</summary>
    UnknownType,

    /// <summary>A larger file than <see cref="ImagingLimits.MaxBytes"/>.</summary>
    TooManyBytes,

    /// <summary>More pixels than <see cref="ImagingLimits.MaxSide"/> or <see cref="ImagingLimits.MaxPixels"/> allow.</summary>
    TooManyPixels,

    /// <summary>The file ends early.</summary>
    Truncated,

    /// <summary>The file contradicts its format.</summary>
    Corrupt,

    /// <summary>A variant of the format that this build does not read, such as a 12-bit JPEG or a DICOM file of another modality.</summary>
    Unsupported,
}

/// <summary>The original, as its header describes it.</summary>
/// <param name="Width">Pixels as stored: an EXIF orientation is ignored.</param>
/// <param name="Height">Pixels as stored.</param>
public readonly record struct FilmInfo(FilmFormat Format, int Width, int Height);

/// <summary>Either the film's header, its pixels being in the caller's buffer, or why there are none.</summary>
public readonly record struct FilmDecodeResult
{
    private FilmDecodeResult(FilmInfo info, FilmRejection rejection, string? reason) => (Info, Rejection, Reason) = (info, rejection, reason);

    /// <summary>Meaningful only if <see cref="Succeeded"/>.</summary>
    public FilmInfo Info { get; }

    /// <summary><see cref="FilmRejection.None"/> if <see cref="Succeeded"/>.</summary>
    public FilmRejection Rejection { get; }

    /// <summary>For a person, without the file's name, as in <c>truncated: the JPEG ends before its end-of-image marker</c>.</summary>
    public string? Reason { get; }

    [MemberNotNullWhen(false, nameof(Reason))]
    public bool Succeeded => Rejection == FilmRejection.None;

    internal static FilmDecodeResult Read(FilmInfo info) => new(info, FilmRejection.None, null);

    internal static FilmDecodeResult Refused(FilmRejection rejection, string reason) => new(default, rejection, reason);

    internal static FilmDecodeResult Truncated(string reason) => Refused(FilmRejection.Truncated, $"truncated: {reason}");

    internal static FilmDecodeResult Corrupt(string reason) => Refused(FilmRejection.Corrupt, $"corrupt: {reason}");

    internal static FilmDecodeResult Unsupported(string reason) => Refused(FilmRejection.Unsupported, $"unsupported: {reason}");
}
