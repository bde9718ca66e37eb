using System.Buffers;
using Microsoft.Extensions.Options;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Preprocessing;
using XrayMlOps.Imaging.Decoding;
using XrayMlOps.Imaging.Dicom;
using XrayMlOps.Imaging.Packing;
using XrayMlOps.Imaging.Quality;

namespace XrayMlOps.ControlPlane.Films;

/// <summary>What came of a film that was sent.</summary>
/// <param name="IsNew">False if the registry had it.</param>
/// <param name="Refusal">Why it was not stored, or null.</param>
internal readonly record struct IntakeResult(bool IsNew, string? Refusal = null);

/// <summary>
/// The only way for a film into the registry: its bytes are checked against their digest and decoded whole, then stored, then made known. What is
/// no good film leaves nothing behind. At most one film a core is decoded at a time, however many are sent.
/// </summary>
internal sealed class FilmIntake(
    IBlobStore blobs, FilmDecoder decoder, DicomDeidentifier deidentifier, RowCache rows, FilmLedger ledger,
    ControlPlaneTelemetry telemetry, IOptions<ControlPlaneOptions> options) : IDisposable
{
    private const int MostInMemory = 256 << 10;
    private static readonly PreprocessingSpec s_spec = PreprocessingSpec.Default;
    private readonly SemaphoreSlim _lane = new(Environment.ProcessorCount);

    /// <param name="length">Of <paramref name="content"/>, if it is known before it has come.</param>
    public async Task<IntakeResult> TakeAsync(string digest, Stream content, long? length, CancellationToken cancellationToken)
    {
        await ledger.PinAsync(digest);
        // A film may be refused for telling who it shows: not even a kill leaves it on the disk.
        await using Stream spool = length <= MostInMemory ? new MemoryStream((int)length) : ScratchFile.Create(options.Value.ScratchFolder);
        await content.CopyToAsync(spool, cancellationToken);
        spool.Position = 0;
        var actual = await Digest.OfAsync(spool, cancellationToken);
        if (actual != digest) return Refused(new BlobDigestMismatchException(digest, actual).Message);
        if (decoder.RefuseLength(spool.Length) is { } tooLong) return Refused(tooLong.Reason!);

        spool.Position = 0;
        var (facts, refusal) = await DecodeAsync(digest, spool, cancellationToken);
        if (facts is null) return Refused(refusal!);
        spool.Position = 0;
        await blobs.PutAsync(spool, digest, cancellationToken);
        var isNew = await ledger.RegisterAsync(facts);
        telemetry.CountFilm(accepted: true);
        return new IntakeResult(isNew);
    }

    /// <summary>Makes the facts of a film known whose blob was stored before films had any.</summary>
    /// <exception cref="InvalidDataException">It cannot be decoded.</exception>
    public async Task<FilmFacts> RecoverAsync(string digest, CancellationToken cancellationToken)
    {
        await using var blob = await blobs.OpenReadAsync(digest, cancellationToken);
        var (facts, refusal) = await DecodeAsync(digest, blob, cancellationToken);
        if (facts is null) throw new InvalidDataException($"The film sha256:{digest} is in the store, but cannot be read: {refusal}.");
        await ledger.RegisterAsync(facts);
        return facts;
    }

    public void Dispose() => _lane.Dispose();

    private async Task<(FilmFacts? Facts, string? Refusal)> DecodeAsync(string digest, Stream content, CancellationToken cancellationToken)
    {
        await _lane.WaitAsync(cancellationToken); // buffers too are one a core
        try
        {
            var length = (int)content.Length;
            using var bytes = MemoryPool<byte>.Shared.Rent(length);
            using var pixels = MemoryPool<byte>.Shared.Rent(rows.RowBytes);
            var (film, row) = (bytes.Memory[..length], pixels.Memory[..rows.RowBytes]);
            await content.ReadExactlyAsync(film, cancellationToken);
            var result = decoder.Decode(film.Span, s_spec, row.Span);
            if (!result.Succeeded) return (null, result.Reason);
            if (deidentifier.FindForbidden(film.Span) is { } forbidden) return (null, forbidden);
            rows.Add(digest, row.Span);
            return (FilmInspector.Inspect(digest, length, result.Info, row.Span, s_spec.Width, s_spec.Height), null);
        }
        finally
        {
            _lane.Release();
        }
    }

    private IntakeResult Refused(string reason)
    {
        telemetry.CountFilm(accepted: false);
        return new IntakeResult(IsNew: false, reason);
    }
}
