using System.Buffers;
using System.Security.Cryptography;
using XrayMlOps.Cli.Datasets.Sources;
using XrayMlOps.Imaging.Decoding;
using XrayMlOps.Imaging.Dicom;

namespace XrayMlOps.Cli.Datasets.Push;

/// <summary>A film that was read once to learn its name in the registry.</summary>
/// <param name="Digest">Of what is uploaded.</param>
/// <param name="Bytes">Of the same.</param>
/// <param name="IsDicom">What is uploaded is the file without what may identify the patient; its path stays here too.</param>
/// <param name="PatientId">Of a DICOM file: whom it, or else the rule, says that it shows. To be turned into a key.</param>
internal sealed record HashedFilm(LabelledFilm Film, string Digest, long Bytes, bool IsDicom = false, string? PatientId = null)
{
    private const int BufferBytes = 128 << 10;

    private static readonly ImagingLimits s_limits = ImagingLimits.Default;
    private static readonly DicomDeidentifier s_deidentifier = new(s_limits);

    /// <summary>Reads a film, piece by piece unless it is DICOM; what cannot be used answers with the reason.</summary>
    public static (HashedFilm? Film, string? Problem) Read(LabelledFilm film)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            if (!HasContent(film.Path)) return (null, "it is empty, or no file but a pipe, a socket or a device");
            using var file = File.OpenHandle(film.Path, options: FileOptions.SequentialScan);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            long bytes = 0;
            while (RandomAccess.Read(file, buffer, bytes) is > 0 and var read)
            {
                if (RandomAccess.GetLength(file) > s_limits.MaxBytes) return (null, $"larger than {s_limits.MaxBytes >> 20} MiB, the most that a film may have");
                if (bytes == 0 && DicomDeidentifier.IsDicom(buffer.AsSpan(0, read))) return ReadDicom(film);
                // Not left to the server: DICOM files of old do not say that they are, and name their patient.
                if (bytes == 0 && FilmDecoder.RefuseType(buffer.AsSpan(0, read)) is { } unknown) return (null, unknown.Reason);
                hash.AppendData(buffer, 0, read);
                bytes += read;
            }
            return (new HashedFilm(film, Convert.ToHexStringLower(hash.GetHashAndReset()), bytes), null);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return (null, $"it cannot be read: {problem.Message}");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>What is uploaded, from its beginning.</summary>
    /// <exception cref="IOException">The file is gone, or another, since.</exception>
    public Stream Open()
    {
        if (!IsDicom) return File.OpenRead(Film.Path);
        var clean = Deidentify(Film.Path);
        return clean.Succeeded ? new MemoryStream(clean.Content, writable: false) : throw new IOException("it changed while it was pushed");
    }

    /// <summary>Whether a file may not be named to the server: it is DICOM, or there is no telling that it is none.</summary>
    /// <param name="file">Its name in the source.</param>
    public static bool IsSecret(string path, string file)
    {
        Span<byte> start = stackalloc byte[256];
        try
        {
            if (!HasContent(path)) return !FilmName.IsPicture(file);
            using var opened = File.OpenHandle(path);
            var content = start[..RandomAccess.Read(opened, start, 0)];
            return DicomDeidentifier.IsDicom(content) || (!FilmName.IsPicture(file) && FilmDecoder.RefuseType(content) is not null);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    /// <summary>Told without opening it: to open a pipe waits for somebody to write, and neither it nor a socket or a device has a length.</summary>
    private static bool HasContent(string path) => (File.ResolveLinkTarget(path, returnFinalTarget: true) as FileInfo ?? new FileInfo(path)).Length > 0;

    private static (HashedFilm? Film, string? Problem) ReadDicom(LabelledFilm film)
    {
        var clean = Deidentify(film.Path);
        if (!clean.Succeeded) return (null, clean.Film.Reason);
        // Numbers of two issuers may be equal though the patients are not: written as HL7 writes both.
        var number = clean is { PatientId: { Length: > 0 } id, IssuerOfPatientId: { Length: > 0 } issuer } ? $"{id}^^^{issuer}" : clean.PatientId;
        var patient = number is { Length: > 0 } ? number : film.NamedPatient;
        return patient is null
            ? (null, "the DICOM file has no PatientID, and nothing else tells whom it shows: push a table with a column patient, or give a rule that finds it")
            : (new HashedFilm(film, Core.Blobs.Digest.Of(clean.Content), clean.Content.Length, IsDicom: true, patient), null);
    }

    private static DeidentifiedFilm Deidentify(string path) => s_deidentifier.Deidentify(File.ReadAllBytes(path));
}
