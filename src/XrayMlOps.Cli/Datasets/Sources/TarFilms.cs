using System.Formats.Tar;
using System.IO.Compression;

namespace XrayMlOps.Cli.Datasets.Sources;

/// <summary>The entries of a <c>.tar</c>, packed by gzip or not.</summary>
internal static class TarFilms
{
    public static async Task TakeAsync(Stream content, bool gzip, ArchiveLimits limits, FilmArchive films, CancellationToken cancellationToken)
    {
        await using var unpacked = gzip ? new UnpackedStream(content, limits) : content;
        await using var tar = new TarReader(unpacked, leaveOpen: true);
        while (await tar.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
        {
            if (entry.EntryType is TarEntryType.Directory or TarEntryType.GlobalExtendedAttributes) continue;
            if (films.Admit(entry.Name, Problem(entry.EntryType), out var file))
                await films.TakeAsync(file, entry.DataStream ?? Stream.Null, packed: null, cancellationToken);
        }
    }

    private static string? Problem(TarEntryType type) => type switch
    {
        TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile => null,
        TarEntryType.SymbolicLink => "a symbolic link: links are not followed",
        TarEntryType.HardLink => "a hard link: links are not followed",
        _ => $"no file ({type})",
    };

    /// <summary>
    /// Unpacks gzip, and ends where a bomb shows: the format tells no entry's packed size, and to pass over an entry is to unpack it.
    /// </summary>
    private sealed class UnpackedStream(Stream packed, ArchiveLimits limits) : GZipStream(packed, CompressionMode.Decompress, leaveOpen: true)
    {
        private readonly Stream _packed = packed;
        private long _unpacked;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await base.ReadAsync(buffer, cancellationToken);
            _unpacked += read;
            return limits.IsAbsurd(_unpacked, _packed.Position)
                ? throw new InvalidDataException($"it unpacks to more than {limits.Ratio} times its size: no film does")
                : read;
        }
    }
}
