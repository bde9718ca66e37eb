using System.Diagnostics.CodeAnalysis;
using XrayMlOps.Imaging.Decoding;

namespace XrayMlOps.Imaging.Dicom;

/// <summary>Either a film that tells nothing of its patient, and apart from it the patient's number, or why there is none.</summary>
public sealed record DeidentifiedFilm
{
    /// <summary>The film's header, or the reason.</summary>
    public required FilmDecodeResult Film { get; init; }

    /// <summary>A whole DICOM Part 10 file.</summary>
    public byte[]? Content { get; init; }

    /// <summary>PatientID (0010,0020) of the original, to be turned into a key and forgotten; null if it names none.</summary>
    public string? PatientId { get; init; }

    /// <summary>IssuerOfPatientID (0010,0021): numbers of two issuers may be equal though the patients are not. Null if it names none.</summary>
    public string? IssuerOfPatientId { get; init; }

    [MemberNotNullWhen(true, nameof(Content))]
    public bool Succeeded => Content is not null;
}
