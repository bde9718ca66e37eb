using System.Buffers;
using System.Security.Cryptography;
using XrayMlOps.Imaging.Decoding;

namespace XrayMlOps.Cli.Datasets.Push;

/// <summary>A film that was read once to learn its name in the registry.</summary>
/// <param name="Digest">Of what is uploaded.</param>
/// <param name="Bytes">Of the same.</param>
internal sealed record HashedFilm(LabelledFilm Film, string Digest, long Bytes)
{
    private const int BufferBytes = 128 << 10;

    /// <summary>Reads a film piece by piece; what cannot be read, or is larger than any film, answers with the reason.</summary>
    public static (HashedFilm? Film, string? Problem) Read(LabelledFilm film)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            using var file = File.OpenHandle(film.Path, options: FileOptions.SequentialScan);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            long bytes = 0;
            while (RandomAccess.Read(file, buffer, bytes) is > 0 and var read)
            {
                hash.AppendData(buffer, 0, read);
                bytes += read;
                if (bytes > ImagingLimits.Default.MaxBytes) return (null, $"larger than {ImagingLimits.Default.MaxBytes >> 20} MiB, the most that a film may have");
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
    /// <exception cref="IOException">The file is gone since.</exception>
    public Stream Open() => File.OpenRead(Film.Path);
}
