using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Tests.Datasets;

public sealed class DatasetPushTests(Platform platform) : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Push_makes_version_1_of_every_film()
    {
        var pushed = platform.Pushed;
        Assert.True(pushed.Created);
        Assert.Equal((1, 120, 120), (pushed.Version.Number, pushed.Version.Images, pushed.Uploaded));
        Assert.Equal(40, pushed.Version.Counts.Sum(counts => counts.Virus));
        Assert.Empty(pushed.Rejected);
    }

    [Fact]
    public async Task Push_of_the_same_folder_uploads_nothing_and_makes_no_version()
    {
        var again = await XrayRun.Json<Platform.PushedDataset>(
            "dataset", "push", platform.Films, "--name", Platform.Dataset, "--server", platform.Server);
        Assert.False(again.Created);
        Assert.Equal((platform.Pushed.Version.Digest, 0), (again.Version.Digest, again.Uploaded));
    }

    [Fact]
    public async Task Push_with_bad_files_stores_the_good_and_names_each_bad_one()
    {
        WriteGoodAndBad();
        var pushed = await XrayRun.Json<Platform.PushedDataset>(
            "dataset", "push", _folder.Path, "--name", "mixed", "--split", "1/1/1", "--seed", "7", "--server", platform.Server);
        Assert.Equal(new Platform.FoundFilms(6, 3, 4), pushed.Found);
        Assert.Equal(9, pushed.Version.Images);
        Assert.Equal(["NORMAL/IM-0007-0001.jpeg", "NORMAL/empty.png", "NORMAL/text.jpeg", "odd.jpeg"], pushed.Rejected.Select(film => film.File));
        Assert.All(pushed.Rejected, film => Assert.NotEmpty(film.Reason));
        Assert.Equal([new DuplicateFilm("VIRUS/person4_virus_9.jpeg", "PNEUMONIA/person4_virus_1.jpeg")], pushed.Duplicates);
        Assert.Equal((1, 7), (pushed.Ignored, pushed.Version.Split.Seed));
    }

    [Fact]
    public async Task Push_for_people_shows_the_class_table_and_the_bad_files()
    {
        WriteGoodAndBad();
        var run = await XrayRun.Of("dataset", "push", _folder.Path, "--name", "shown", "--server", platform.Server);
        Assert.Equal(0, run.ExitCode);
        Assert.Matches(@"total\s+3\s+33\.3\s+3\s+33\.3\s+3\s+33\.3\s+9\s+100\.0", run.Output);
        Assert.Contains("NORMAL/IM-0007-0001.jpeg: truncated", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Push_that_is_strict_makes_nothing_where_a_film_is_bad(bool knownOnlyToTheDecoder)
    {
        WriteGoodAndBad();
        if (knownOnlyToTheDecoder) File.Delete(Path.Combine(_folder.Path, "odd.jpeg"));
        var name = $"strict-{knownOnlyToTheDecoder}".ToLowerInvariant();
        var run = await XrayRun.Of("dataset", "push", _folder.Path, "--name", name, "--strict", "--server", platform.Server);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(knownOnlyToTheDecoder ? "NORMAL/text.jpeg" : "odd.jpeg", run.Errors, StringComparison.Ordinal);
        Assert.Equal(4, (await XrayRun.Of("dataset", "show", name, "--server", platform.Server)).ExitCode);
    }

    [Fact]
    public async Task Push_of_nothing_but_bad_files_exits_2_and_names_them()
    {
        _folder.Write("odd.jpeg", "");
        var run = await XrayRun.Of("dataset", "push", _folder.Path, "--name", "bad", "--server", platform.Server);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("odd.jpeg", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Push_of_a_folder_that_is_not_there_exits_2_and_names_it()
    {
        var run = await XrayRun.Of("dataset", "push", Path.Combine(_folder.Path, "gone"), "--name", "gone", "--server", platform.Server);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("gone", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_and_show_answer_with_the_version()
    {
        var listed = await XrayRun.Json<DatasetVersionResponse[]>("dataset", "list", "--server", platform.Server);
        Assert.Contains(listed, version => version.Digest == platform.Pushed.Version.Digest);
        var shown = await XrayRun.Json<DatasetVersionResponse>("dataset", "show", $"{Platform.Dataset}@1", "--server", platform.Server);
        Assert.Equal(platform.Pushed.Version.Digest, shown.Digest);
    }

    /// <summary>Nine good films of nine patients, a duplicate, four bad files and one that is no film.</summary>
    private void WriteGoodAndBad()
    {
        for (var patient = 1; patient <= 3; patient++)
        {
            _folder.WritePhantom($"NORMAL/IM-000{patient}-0001.jpeg", ImageLabel.Normal, patient);
            _folder.WritePhantom($"PNEUMONIA/person{patient}_bacteria_1.jpeg", ImageLabel.Bacteria, patient + 10);
            _folder.WritePhantom($"PNEUMONIA/person{patient + 3}_virus_1.jpeg", ImageLabel.Virus, patient + 20);
        }
        _folder.WritePhantom("VIRUS/person4_virus_9.jpeg", ImageLabel.Virus, 21);
        var whole = File.ReadAllBytes(_folder.WritePhantom("NORMAL/IM-0007-0001.jpeg", ImageLabel.Normal, 7));
        File.WriteAllBytes(Path.Combine(_folder.Path, "NORMAL/IM-0007-0001.jpeg"), whole[..(whole.Length / 2)]);
        _folder.Write("NORMAL/empty.png", "");
        _folder.Write("NORMAL/text.jpeg", "no film");
        _folder.Write("odd.jpeg", "no class");
        _folder.Write("notes.txt", "ignored");
    }
}
