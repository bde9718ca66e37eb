using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Core.Tests.Datasets;

public sealed class FilmFileTests
{
    [Theory]
    [InlineData("a.png")]
    [InlineData("train/VIRUS/person 7 (2).jpeg")]
    [InlineData("..hidden/a..b/...png")]
    [InlineData("röntgen/胸部/😀.png")]
    public void Path_inside_the_folder_is_taken(string file) => Assert.Null(FilmFile.ProblemOf(file));

    [Theory]
    [InlineData("", "1 to 1,024")]
    [InlineData(null, "1 to 1,024")]
    [InlineData("/etc/passwd", "root")]
    [InlineData("C:/a.png", "drive")]
    [InlineData("c:a.png", "drive")]
    [InlineData("a\\..\\b.png", "backslash")]
    [InlineData("../a.png", "'..'")]
    [InlineData("a/../b.png", "'..'")]
    [InlineData("a/..", "'..'")]
    [InlineData("./a.png", "'.'")]
    [InlineData("a//b.png", "empty")]
    [InlineData("a/", "empty")]
    [InlineData("a\0.png", "control")]
    [InlineData("a\u0085.png", "control")]
    public void Path_that_may_leave_the_folder_is_refused_with_the_reason(string? file, string reason) =>
        Assert.Contains(reason, FilmFile.ProblemOf(file), StringComparison.Ordinal);

    [Fact]
    public void Path_that_is_too_long_or_no_text_is_refused()
    {
        Assert.Null(FilmFile.ProblemOf(new string('a', 1024)));
        Assert.NotNull(FilmFile.ProblemOf(new string('a', 1025)));
        Assert.Contains("Unicode", FilmFile.ProblemOf("a\ud800b.png"), StringComparison.Ordinal);
    }
}
