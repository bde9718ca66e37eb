using XrayMlOps.Cli.Datasets.Sources;
using XrayMlOps.Core.Datasets.Rules;

namespace XrayMlOps.Cli.Tests.Datasets.Sources;

public sealed class FilmFolderTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Scan_names_each_file_below_the_folder_and_the_folder_itself()
    {
        _folder.Write("train/NORMAL/IM-0115-0001.jpeg", "");
        _folder.Write("train/NORMAL/IM-0002-0001.jpeg", "");
        var scan = FilmFolder.Scan(Path.Combine(_folder.Path, "train") + "/", TestContext.Current.CancellationToken);
        Assert.Equal(
            [new FilmOrigin("NORMAL/IM-0002-0001.jpeg", "train"), new FilmOrigin("NORMAL/IM-0115-0001.jpeg", "train")],
            scan.Files.Select(file => file.Origin));
        Assert.All(scan.Files, file => Assert.True(File.Exists(file.Path)));
        Assert.Empty(scan.Rejected);
    }

    [Fact]
    public void Scan_ignores_what_is_hidden_or_no_film_and_tries_the_rest()
    {
        foreach (var file in new[] { ".DS_Store", "._film.jpeg", "labels.csv", "README.md", "Thumbs.db", ".git/NORMAL/film.jpeg" })
            _folder.Write($"NORMAL/{file}", "");
        _folder.Write("NORMAL/film.dat", "");
        _folder.Write("NORMAL/film", "");
        var scan = FilmFolder.Scan(_folder.Path, TestContext.Current.CancellationToken);
        Assert.Equal(["NORMAL/film", "NORMAL/film.dat"], scan.Files.Select(file => file.Origin.File));
        Assert.Equal(5, scan.Ignored);
    }

    [Fact]
    public void Scan_refuses_a_name_that_no_other_system_could_write()
    {
        _folder.Write("NORMAL/a\\..\\..\\b.jpeg", "");
        var rejected = Assert.Single(FilmFolder.Scan(_folder.Path, TestContext.Current.CancellationToken).Rejected);
        Assert.Contains("..", rejected.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Scan_follows_a_link_but_never_in_circles()
    {
        _folder.Write("films/NORMAL/film.jpeg", "");
        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "films", "again"), Path.Combine(_folder.Path, "films"));
        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "start"), Path.Combine(_folder.Path, "films"));
        Assert.Single(FilmFolder.Scan(Path.Combine(_folder.Path, "start"), TestContext.Current.CancellationToken).Files);
    }
}
