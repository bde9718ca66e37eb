using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Datasets.Sources;

namespace XrayMlOps.Cli.Tests.Datasets.Sources;

public sealed class FilmArchiveTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("films.zip")]
    [InlineData("films.tar")]
    [InlineData("films.tar.gz")]
    [InlineData("FILMS.TGZ")]
    public async Task Archive_of_any_kind_gives_its_films_and_vanishes_with_the_source(string name)
    {
        var archive = Pack(name, [("b/virus/2.png", "two"), ("NORMAL/1.png", "one"), ("NORMAL/.hidden", ""), ("labels.csv", "")]);
        string[] unpacked;
        using (var source = await OpenAsync(archive))
        {
            Assert.Equal(["NORMAL/1.png", "b/virus/2.png"], source.Files.Select(file => file.Origin.File));
            unpacked = [.. source.Files.Select(file => file.Path)];
            Assert.Equal(["one", "two"], unpacked.Select(File.ReadAllText));
            Assert.Equal((0, 2), (source.Rejected.Count, source.Ignored));
        }
        Assert.All(unpacked, path => Assert.False(Directory.Exists(Path.GetDirectoryName(path))));
    }

    [Theory]
    [InlineData("films.zip")]
    [InlineData("films.tar.gz")]
    public async Task Archive_with_hostile_names_gives_the_rest_and_says_why(string name)
    {
        var archive = Pack(name,
        [
            ("NORMAL/good.png", "good"), ("../x.png", ""), ("a/../../y.png", ""), ("/etc/z.png", ""), (@"C:\w.png", ""), (@"..\v.png", ""),
            ("NORMAL/inner.zip", "PK"), ("NORMAL/inner.tar.gz", ""), ("NORMAL/good.png", "again"), ("NORMAL/./twin.png", "twin"),
        ]);
        using var source = await OpenAsync(archive);
        Assert.Equal(["NORMAL/good.png", "NORMAL/twin.png"], source.Files.Select(file => file.Origin.File));
        Assert.Equal("good", await File.ReadAllTextAsync(source.Files[0].Path, TestContext.Current.CancellationToken));
        var reasons = source.Rejected.ToDictionary(film => film.File, film => film.Reason);
        Assert.Equal(8, reasons.Count);
        Assert.Contains("..", reasons["../x.png"], StringComparison.Ordinal);
        Assert.Contains("..", reasons["a/../../y.png"], StringComparison.Ordinal);
        Assert.Contains("..", reasons[@"..\v.png"], StringComparison.Ordinal);
        Assert.Contains("root", reasons["/etc/z.png"], StringComparison.Ordinal);
        Assert.Contains("drive", reasons[@"C:\w.png"], StringComparison.Ordinal);
        Assert.Contains("archive", reasons["NORMAL/inner.zip"], StringComparison.Ordinal);
        Assert.Contains("another entry", reasons["NORMAL/good.png"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tar_with_links_and_devices_follows_none()
    {
        var archive = Path.Combine(_folder.Path, "links.tar");
        await using (var writer = new TarWriter(File.Create(archive)))
        {
            await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, "NORMAL/soft.png") { LinkName = "/etc/passwd" }, TestContext.Current.CancellationToken);
            await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.HardLink, "NORMAL/hard.png") { LinkName = "../../secret" }, TestContext.Current.CancellationToken);
            await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.Fifo, "NORMAL/pipe.png"), TestContext.Current.CancellationToken);
            await writer.WriteEntryAsync(
                new PaxTarEntry(TarEntryType.RegularFile, "NORMAL/film.png") { DataStream = new MemoryStream("film"u8.ToArray()) }, TestContext.Current.CancellationToken);
        }
        using var source = await OpenAsync(archive);
        Assert.Equal("NORMAL/film.png", Assert.Single(source.Files).Origin.File);
        Assert.Equal(["NORMAL/hard.png", "NORMAL/pipe.png", "NORMAL/soft.png"], source.Rejected.Select(film => film.File));
    }

    [Fact]
    public async Task Zip_with_a_symbolic_link_does_not_follow_it()
    {
        var archive = Pack("link.zip", [("NORMAL/soft.png", "/etc/passwd"), ("NORMAL/film.png", "film")], entry =>
        {
            if (entry.Name == "soft.png") entry.ExternalAttributes = unchecked((int)0xA1FF0000);
        });
        using var source = await OpenAsync(archive);
        Assert.Equal("NORMAL/film.png", Assert.Single(source.Files).Origin.File);
        Assert.Contains("link", Assert.Single(source.Rejected).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Zip_with_a_bomb_cuts_it_off_and_gives_the_rest()
    {
        var archive = Path.Combine(_folder.Path, "bomb.zip");
        await using (var zip = await ZipArchive.CreateAsync(File.Create(archive), ZipArchiveMode.Create, false, null, TestContext.Current.CancellationToken))
        {
            await using (var bomb = await zip.CreateEntry("NORMAL/bomb.png").OpenAsync(TestContext.Current.CancellationToken))
            {
                var zeros = new byte[1 << 20];
                for (var i = 0; i < 200; i++) await bomb.WriteAsync(zeros, TestContext.Current.CancellationToken);
            }
            await using var film = await zip.CreateEntry("NORMAL/film.png").OpenAsync(TestContext.Current.CancellationToken);
            film.WriteByte(1);
        }
        using var source = await OpenAsync(archive);
        Assert.Equal("NORMAL/film.png", Assert.Single(source.Files).Origin.File);
        Assert.Contains("200 times", Assert.Single(source.Rejected).Reason, StringComparison.Ordinal);
        Assert.True(new DirectoryInfo(Path.GetDirectoryName(source.Files[0].Path)!).EnumerateFiles().Sum(file => file.Length) < 20 << 20);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("NORMAL/notes.txt")]
    public async Task Gzip_bomb_is_refused_whether_its_entry_is_taken_or_passed_over(string? name)
    {
        var archive = Path.Combine(_folder.Path, "bomb.tgz");
        await using (var gzip = new GZipStream(File.Create(archive), CompressionLevel.SmallestSize))
        await using (var writer = new TarWriter(gzip))
        {
            await writer.WriteEntryAsync(
                new PaxTarEntry(TarEntryType.RegularFile, name ?? "NORMAL/bomb.png") { DataStream = new MemoryStream(new byte[60 << 20]) },
                TestContext.Current.CancellationToken);
            await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "NORMAL/film.png"), TestContext.Current.CancellationToken);
        }
        var failure = await Assert.ThrowsAsync<CommandFailure>(() => OpenAsync(archive));
        Assert.Contains("200 times", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData('x', "77777777777")] // attributes of 8 GB
    [InlineData('L', "77777777777")] // a name of 8 GB
    [InlineData('S', "00000000000")] // a file with holes
    public async Task Tar_with_a_header_that_is_not_read_is_refused_with_the_reason(char kind, string length)
    {
        var tar = new byte[3 * 512];
        foreach (var (place, text) in ((int, string)[])[(0, "NORMAL/film.png"), (124, length), (148, "        "), (156, $"{kind}"), (257, "ustar\0" + "00")])
            Encoding.ASCII.GetBytes(text, tar.AsSpan(place));
        Encoding.ASCII.GetBytes($"{Convert.ToString(tar.Sum(value => value), 8).PadLeft(6, '0')}\0 ", tar.AsSpan(148));
        var archive = Path.Combine(_folder.Path, "odd.tar");
        await File.WriteAllBytesAsync(archive, tar, TestContext.Current.CancellationToken);

        var failure = await Assert.ThrowsAsync<CommandFailure>(() => OpenAsync(archive));

        Assert.Contains("damaged after entry 0", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Archive_with_a_film_above_the_limit_gives_the_rest()
    {
        var archive = Pack("large.tar", [("NORMAL/large.png", new string('x', 2000)), ("NORMAL/film.png", "film")]);
        using var source = await OpenAsync(archive, new ArchiveLimits { EntryBytes = 1000 });
        Assert.Equal("NORMAL/film.png", Assert.Single(source.Files).Origin.File);
        Assert.Equal("NORMAL/large.png", Assert.Single(source.Rejected).File);
    }

    [Fact]
    public async Task Archive_of_ten_thousand_empty_files_is_read_or_refused_by_its_count()
    {
        var archive = Pack("empty.zip", [.. Enumerable.Range(0, 10_000).Select(number => ($"NORMAL/{number}.png", ""))]);
        using (var source = await OpenAsync(archive)) Assert.Equal(10_000, source.Files.Count);
        var failure = await Assert.ThrowsAsync<CommandFailure>(() => OpenAsync(archive, new ArchiveLimits { Entries = 9_999 }));
        Assert.Contains("--max-entries", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Archive_that_unpacks_to_too_much_is_refused_and_leaves_nothing()
    {
        var before = Unpacked();
        var archive = Pack("much.tar", [("NORMAL/1.png", new string('x', 600)), ("NORMAL/2.png", new string('x', 600))]);
        var failure = await Assert.ThrowsAsync<CommandFailure>(() => OpenAsync(archive, new ArchiveLimits { TotalBytes = 1000 }));
        Assert.Contains("--max-unpacked", failure.Message, StringComparison.Ordinal);
        Assert.Subset(before, Unpacked());
    }

    [Theory]
    [InlineData("text.zip")]
    [InlineData("text.tar")]
    [InlineData("text.tgz")]
    public async Task File_that_is_no_archive_is_refused_by_name(string name)
    {
        var failure = await Assert.ThrowsAsync<CommandFailure>(() => OpenAsync(_folder.Write(name, new string('t', 2000))));
        Assert.Equal(ExitCode.BadInput, failure.Code);
        Assert.Contains(name, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Archive_cut_at_any_place_is_refused_or_gives_whole_films()
    {
        foreach (var name in new[] { "cut.zip", "cut.tar", "cut.tgz" })
        {
            var whole = await File.ReadAllBytesAsync(Pack(name, [("NORMAL/1.png", new string('1', 700)), ("NORMAL/2.png", new string('2', 700))]), TestContext.Current.CancellationToken);
            for (var length = 0; length < whole.Length; length += Math.Max(whole.Length / 40, 1))
            {
                var cut = Path.Combine(_folder.Path, "now-" + name);
                await File.WriteAllBytesAsync(cut, whole[..length], TestContext.Current.CancellationToken);
                try
                {
                    using var source = await OpenAsync(cut);
                    Assert.All(source.Files, file => Assert.Equal(700, new FileInfo(file.Path).Length));
                }
                catch (CommandFailure failure)
                {
                    Assert.Equal(ExitCode.BadInput, failure.Code);
                }
            }
        }
    }

    private static HashSet<string> Unpacked() => [.. Directory.GetDirectories(Path.GetTempPath(), "xray-unpacked-*")];

    private static Task<FilmSource> OpenAsync(string archive, ArchiveLimits? limits = null) => FilmSource.OpenAsync(
        archive, SourceSettings.Default with { Limits = limits ?? new ArchiveLimits() }, TestContext.Current.CancellationToken);

    private string Pack(string name, IReadOnlyList<(string Name, string Content)> entries, Action<ZipArchiveEntry>? change = null)
    {
        var archive = Path.Combine(_folder.Path, name);
        using Stream file = File.Create(archive);
        if (name.EndsWith(".zip", StringComparison.Ordinal))
        {
            using var zip = new ZipArchive(file, ZipArchiveMode.Create);
            foreach (var (entryName, content) in entries)
            {
                var entry = zip.CreateEntry(entryName);
                change?.Invoke(entry);
                using var text = new StreamWriter(entry.Open());
                text.Write(content);
            }
            return archive;
        }
        using var packed = name.EndsWith("gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionLevel.Fastest) : file;
        using var tar = new TarWriter(packed);
        foreach (var (entryName, content) in entries)
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, entryName) { DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(content)) });
        return archive;
    }
}
