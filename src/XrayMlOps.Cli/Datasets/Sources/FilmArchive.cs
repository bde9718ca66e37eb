using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Datasets.Rules;

namespace XrayMlOps.Cli.Datasets.Sources;

/// <summary>
/// Unpacks the films of an archive to numbered files: no name of an entry ever becomes a path on this machine. An entry that cannot be
/// used is rejected with the reason and costs the others nothing.
/// </summary>
internal sealed class FilmArchive(string archive, ArchiveLimits limits, DirectoryInfo folder)
{
    private const int BufferBytes = 128 << 10;
    private static readonly string[] s_archives = [".zip", ".tar", ".gz", ".tgz", ".7z", ".rar"];

    private readonly List<SourceFile> _files = [];
    private readonly List<RejectedFilm> _rejected = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _entries;
    private int _ignored;
    private long _bytes;

    /// <exception cref="CommandFailure">It is no archive, is damaged, or unpacks to more than <paramref name="limits"/> allow.</exception>
    public static async Task<FilmSource> UnpackAsync(string archive, ArchiveLimits limits, CancellationToken cancellationToken)
    {
        var folder = UnpackedFolder.Create();
        try
        {
            var films = new FilmArchive(archive, limits, folder);
            await using var content = File.OpenRead(archive);
            try
            {
                if (archive.EndsWith(".zip", StringComparison.OrdinalIgnoreCase)) await ZipFilms.TakeAsync(content, films, cancellationToken);
                else await TarFilms.TakeAsync(content, archive.EndsWith("gz", StringComparison.OrdinalIgnoreCase), limits, films, cancellationToken);
            }
            // Of a tar the last two tell an absurd length and a kind of entry that is not read.
            catch (Exception problem) when (problem is InvalidDataException or EndOfStreamException or FormatException or InvalidOperationException or NotSupportedException)
            {
                throw new CommandFailure(ExitCode.BadInput, $"{archive} is no archive of its kind, or damaged after entry {films._entries}: {problem.Message}");
            }
            return films.ToSource();
        }
        catch
        {
            folder.Delete(recursive: true);
            throw;
        }
    }

    /// <summary>Whether an entry is to be unpacked, and as what.</summary>
    /// <param name="problem">What its kind holds against it, if anything.</param>
    public bool Admit(string name, string? problem, out string file)
    {
        if (++_entries > limits.Entries) throw TooMuch($"has more than {limits.Entries:N0} entries");
        var relative = FilmName.TryMakeRelative(name, out file, out var nameProblem);
        if (file.Split('/').Any(FilmName.IsHidden) && relative || FilmName.IsNoFilm(name))
        {
            _ignored++;
            return false;
        }
        problem = relative ? problem : nameProblem;
        if (problem is null && s_archives.Contains(Path.GetExtension(name).ToLowerInvariant()))
            problem = "an archive inside the archive is not opened: push it by itself";
        if (problem is null && !_names.Add(file)) problem = "another entry has this name: the first is taken";
        if (problem is null) return true;
        Reject(name, problem);
        return false;
    }

    /// <summary>Unpacks an entry that was admitted.</summary>
    /// <param name="packed">Bytes that it takes in the archive, if the format tells.</param>
    public async Task TakeAsync(string file, Stream entry, long? packed, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder.FullName, _files.Count.ToString("D9"));
        var problem = await CopyAsync(entry, path, packed, cancellationToken);
        if (problem is null) _files.Add(new SourceFile(path, new FilmOrigin(file)));
        else Reject(file, problem);
    }

    private async Task<string?> CopyAsync(Stream entry, string path, long? packed, CancellationToken cancellationToken)
    {
        await using var target = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (long bytes = 0; ;)
        {
            int read;
            try
            {
                read = await entry.ReadAsync(_buffer, cancellationToken);
            }
            catch (InvalidDataException problem) when (packed is not null)
            {
                return $"its data is damaged: {problem.Message}";
            }
            if (read == 0) return null;
            bytes += read;
            if ((_bytes += read) > limits.TotalBytes) throw TooMuch($"unpacks to more than {Figures.Size(limits.TotalBytes)}");
            if (bytes > limits.EntryBytes) return $"larger than {limits.EntryBytes >> 20} MiB, the most that a film may have";
            if (packed is { } size && limits.IsAbsurd(bytes, size)) return $"it unpacks to more than {limits.Ratio} times its size: no film does";
            await target.WriteAsync(_buffer.AsMemory(0, read), cancellationToken);
        }
    }

    public void Reject(string name, string problem) => _rejected.Add(new RejectedFilm(new string([.. name.Select(c => char.IsControl(c) ? '?' : c)]), problem));

    private CommandFailure TooMuch(string what) => new(
        ExitCode.BadInput, $"{archive} {what}. If you trust it, raise --max-entries or --max-unpacked.");

    private FilmSource ToSource()
    {
        _files.Sort((a, b) => string.CompareOrdinal(a.Origin.File, b.Origin.File));
        return new FilmSource(_files, [.. _rejected.OrderBy(film => film.File, StringComparer.Ordinal)], _ignored, NameRule.Key) { Unpacked = folder };
    }
}
