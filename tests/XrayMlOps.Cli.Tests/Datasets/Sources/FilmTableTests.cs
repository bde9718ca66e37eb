using System.Text;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Datasets.Sources;
using XrayMlOps.Core.Datasets.Rules;

namespace XrayMlOps.Cli.Tests.Datasets.Sources;

public sealed class FilmTableTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public FilmTableTests()
    {
        foreach (var file in new[] { "a.png", "b.png", "sub/c, d.png" }) _folder.Write(file, "");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("path,label,patient\na.png,virus,p1\n\"sub/c, d.png\",normal,\n")]
    [InlineData("\uFEFFPath;Label;Patient\r\na.png;virus;p1\r\nsub/c, d.png;normal;\r\n")]
    [InlineData("patient\tlabel\tpath\np1\tvirus\ta.png\n\tnormal\t./sub/c, d.png")]
    public void Table_gives_paths_labels_and_patients_whatever_separates_them(string text)
    {
        var source = Read(text);
        Assert.Equal(
            [new FilmOrigin("a.png", Label: "virus", Patient: "p1"), new FilmOrigin("sub/c, d.png", Label: "normal", Patient: "")],
            source.Files.Select(file => file.Origin));
        Assert.Equal(Path.Combine(_folder.Path, "sub/c, d.png"), source.Files[1].Path);
        Assert.Empty(source.Rejected);
    }

    [Fact]
    public void Table_takes_the_columns_that_are_named()
    {
        var source = Read("id,path,image,finding\n1,x,a.png,virus\n", new TableColumns(Path: "Image", Label: "finding"));
        Assert.Equal(new FilmOrigin("a.png", Label: "virus"), Assert.Single(source.Files).Origin);
    }

    [Fact]
    public void Table_with_bad_lines_gives_the_rest_and_names_each_by_its_number()
    {
        var source = Read(
            "path,label\na.png,virus\nmissing.png,virus\n../out.png,virus\n,virus\na.png,normal\nb.png\n\n\"b.png,virus\nb.png,normal\n");
        Assert.Equal(["a.png", "b.png"], source.Files.Select(file => file.Origin.File));
        string[] expected = ["line 3: there is no such file", "line 4: its path has", "line 5: its path must have", "line 6: line 2 names it", "line 7: it has", "line 9: a quote"];
        Assert.Equal(expected.Length, source.Rejected.Count);
        Assert.All(expected, reason => Assert.Contains(source.Rejected, film => film.Reason.StartsWith(reason, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("name,label\n", "no column 'path'. Its columns: name, label")]
    public void Table_without_what_it_needs_is_refused(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<CommandFailure>(() => Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Table_without_a_column_that_is_asked_for_is_refused() =>
        Assert.Contains("'finding'", Assert.Throws<CommandFailure>(() => Read("path\na.png", new TableColumns(Label: "finding"))).Message, StringComparison.Ordinal);

    private FilmSource Read(string text, TableColumns? columns = null)
    {
        var table = Path.Combine(_folder.Path, "films.csv");
        File.WriteAllText(table, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        return FilmTable.Read(table, columns ?? new TableColumns(), TestContext.Current.CancellationToken);
    }
}
