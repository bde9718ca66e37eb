using System.IO.Compression;

namespace XrayMlOps.Cli.Datasets.Sources;

/// <summary>The entries of a <c>.zip</c>.</summary>
internal static class ZipFilms
{
    private const int UnixKind = 0xF000;
    private const int UnixLink = 0xA000;

    public static async Task TakeAsync(Stream content, FilmArchive films, CancellationToken cancellationToken)
    {
        await using var zip = await ZipArchive.CreateAsync(content, ZipArchiveMode.Read, leaveOpen: true, entryNameEncoding: null, cancellationToken);
        foreach (var entry in zip.Entries)
        {
            if (entry.FullName.EndsWith('/')) continue;
            var isLink = (entry.ExternalAttributes >> 16 & UnixKind) == UnixLink;
            var problem = isLink ? "a symbolic link: links are not followed" : entry.IsEncrypted ? "it is encrypted" : null;
            if (!films.Admit(entry.FullName, problem, out var file)) continue;
            try
            {
                await using var film = await entry.OpenAsync(cancellationToken);
                await films.TakeAsync(file, film, entry.CompressedLength, cancellationToken);
            }
            catch (Exception damage) when (damage is InvalidDataException or NotSupportedException)
            {
                films.Reject(file, $"it cannot be unpacked: {damage.Message}");
            }
        }
    }
}
