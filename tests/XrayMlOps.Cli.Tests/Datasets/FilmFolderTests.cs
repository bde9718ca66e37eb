using XrayMlOps.Cli.Datasets;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Tests.Datasets;

public sealed class FilmFolderTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Scan_reads_class_and_patient_below_any_folder()
    {
        _folder.Write("train/NORMAL/IM-0115-0001.jpeg", "");
        _folder.Write("train/PNEUMONIA/person7_virus_1.jpeg", "");
        _folder.Write("train/PNEUMONIA/person7_virus_2.jpeg", "");
        var scan = FilmFolder.Scan(_folder.Path, TestContext.Current.CancellationToken);
        Assert.Equal(
            [
                ("train/NORMAL/IM-0115-0001.jpeg", ImageLabel.Normal, "IM-0115"),
                ("train/PNEUMONIA/person7_virus_1.jpeg", ImageLabel.Virus, "person7"),
                ("train/PNEUMONIA/person7_virus_2.jpeg", ImageLabel.Virus, "person7"),
            ],
            scan.Films.Select(film => (film.File, film.Label, film.Patient)));
        Assert.Empty(scan.Rejected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    public void Scan_of_a_class_folder_takes_its_name_for_the_class(string end)
    {
        _folder.Write("BACTERIA/film.png", "");
        var film = Assert.Single(FilmFolder.Scan(Path.Combine(_folder.Path, "BACTERIA") + end, TestContext.Current.CancellationToken).Films);
        Assert.Equal(("film.png", ImageLabel.Bacteria), (film.File, film.Label));
    }

    [Fact]
    public void Scan_ignores_what_is_hidden_or_no_film_and_tries_the_rest()
    {
        foreach (var file in new[] { ".DS_Store", "._film.jpeg", "labels.csv", "README.md", "Thumbs.db", ".git/NORMAL/film.jpeg" })
            _folder.Write($"NORMAL/{file}", "");
        _folder.Write("NORMAL/film.dat", "");
        _folder.Write("NORMAL/film", "");
        var scan = FilmFolder.Scan(_folder.Path, TestContext.Current.CancellationToken);
        Assert.Equal(["NORMAL/film", "NORMAL/film.dat"], scan.Films.Select(film => film.File));
        Assert.Equal(5, scan.Ignored);
    }

    [Fact]
    public void Scan_names_files_without_a_class_and_says_why()
    {
        _folder.Write("odd.jpeg", "");
        _folder.Write("PNEUMONIA/which.jpeg", "");
        var scan = FilmFolder.Scan(_folder.Path, TestContext.Current.CancellationToken);
        Assert.Equal(["PNEUMONIA/which.jpeg", "odd.jpeg"], scan.Rejected.Select(film => film.File));
        Assert.All(scan.Rejected, film => Assert.Contains("folder", film.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public void Scan_follows_a_link_but_never_in_circles()
    {
        _folder.Write("films/NORMAL/film.jpeg", "");
        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "films", "again"), Path.Combine(_folder.Path, "films"));
        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "start"), Path.Combine(_folder.Path, "films"));
        Assert.Single(FilmFolder.Scan(Path.Combine(_folder.Path, "start"), TestContext.Current.CancellationToken).Films);
    }
}
