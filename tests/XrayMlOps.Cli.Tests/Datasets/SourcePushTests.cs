using System.IO.Compression;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Tests.Datasets;

public sealed class SourcePushTests(Platform platform) : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Push_of_an_archive_or_a_table_makes_the_version_that_the_folder_makes()
    {
        using var films = new TestFolder();
        films.WritePhantoms(filmsPerClass: 6, seed: 11);
        var folder = await Push("from-folder", films.Path);

        var archive = Path.Combine(_folder.Path, "films.zip");
        await ZipFile.CreateFromDirectoryAsync(films.Path, archive, TestContext.Current.CancellationToken);
        Assert.Equal(folder.Version.Digest, (await Push("from-zip", archive)).Version.Digest);

        var manifest = await XrayRun.Json<ManifestEntry[]>("dataset", "films", "from-folder", "--server", platform.Server);
        var table = films.Write("films.csv", "Bild;Klasse;Fall\n" + string.Concat(manifest.Select(film => $"{film.File};{film.Label};{film.Patient}\n")));
        Assert.Equal(
            folder.Version.Digest,
            (await Push("from-table", table, "--path-column", "bild", "--label-column", "klasse", "--patient-column", "fall")).Version.Digest);
    }

    [Theory]
    [InlineData("--rule", "folder", "--patient-folder", "1", "--label-map", "healthy=normal,bac=bacteria,vir=virus")]
    [InlineData("--pattern", "(?<label>[a-z]+)/(?<patient>p[0-9]+)/", "--label-map", "healthy=normal,bac=bacteria,vir=virus")]
    public async Task Push_by_a_rule_reads_classes_and_patients_as_it_says(params string[] rule)
    {
        foreach (var (label, name) in new[] { (ImageLabel.Normal, "healthy"), (ImageLabel.Bacteria, "bac"), (ImageLabel.Virus, "vir") })
        {
            for (var film = 0; film < 6; film++) _folder.WritePhantom($"{name}/p{(int)label * 3 + film / 2}/{film}.jpeg", label, 50 + film + 10 * (int)label);
        }
        var pushed = await Push($"by{rule.Length}", _folder.Path, rule);
        Assert.Equal((18, 9), (pushed.Version.Images, pushed.Version.Patients));
        Assert.Equal(new Platform.FoundFilms(6, 6, 6), pushed.Found);
    }

    [Fact]
    public async Task Push_of_ten_thousand_empty_files_names_each_and_ends()
    {
        for (var film = 1; film <= 3; film++) _folder.WritePhantom($"NORMAL/IM-000{film}-0001.jpeg", ImageLabel.Normal, 70 + film);
        for (var number = 0; number < 10_000; number++) await File.WriteAllBytesAsync(Path.Combine(_folder.Path, "NORMAL", $"{number}.jpeg"), [], TestContext.Current.CancellationToken);
        var pushed = await Push("empty", _folder.Path);
        Assert.Equal((3, 10_000), (pushed.Version.Images, pushed.Rejected.Count));
        Assert.All(pushed.Rejected, film => Assert.Contains("empty", film.Reason, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--rule", "nonsense")]
    [InlineData("--rule", "pattern")]
    [InlineData("--rule", "name", "--pattern", "(?<label>x)")]
    [InlineData("--label-map", "healthy=well")]
    [InlineData("--max-entries", "0")]
    public async Task Push_by_a_rule_that_cannot_work_exits_2_before_it_reads_a_film(params string[] options)
    {
        var run = await XrayRun.Of(["dataset", "push", _folder.Path, .. options, "--server", "http://127.0.0.1:1"]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(options[^2] == "--rule" ? options[^1] : options[^2], run.Errors, StringComparison.Ordinal);
    }

    private Task<Platform.PushedDataset> Push(string name, string path, params string[] options) => XrayRun.Json<Platform.PushedDataset>(
        ["dataset", "push", path, "--name", name, "--split", "1/1/1", "--no-pack", "--server", platform.Server, .. options]);
}
