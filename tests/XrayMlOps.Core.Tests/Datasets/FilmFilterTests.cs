using System.Text.RegularExpressions;
using CsCheck;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Core.Tests.Datasets;

public sealed class FilmFilterTests
{
    private static readonly ManifestEntry s_film = ManifestEntries.Many(1)[0] with
    {
        Digest = $"abcdef0123{new string('4', 54)}",
        File = "train/VIRUS/person7.jpeg",
        Patient = "p7",
        Label = ImageLabel.Virus,
        Split = Split.Train,
    };

    [Theory]
    [InlineData("train/VIRUS/person7.jpeg", true)]
    [InlineData("**", true)]
    [InlineData("*", false)]
    [InlineData("**.jpeg", true)]
    [InlineData("*.jpeg", false)]
    [InlineData("train/*/*.jpeg", true)]
    [InlineData("train/*.jpeg", false)]
    [InlineData("**/person?.jpeg", true)]
    [InlineData("train?VIRUS/person7.jpeg", false)]
    [InlineData("TRAIN/**", false)]
    [InlineData("train/VIRUS/person7.jpe", false)]
    [InlineData("train/VIRUS/person7.jpeg*", true)]
    public void Files_are_matched_by_pattern(string pattern, bool match) => Assert.Equal(match, Matches(new FilmFilter { Files = ["no", pattern] }));

    [Fact]
    public void Pattern_matches_as_the_regular_expression_that_it_stands_for() =>
        Gen.Select(Gen.Char["ab/*?."].Array[0, 9], Gen.Char["ab/."].Array[0, 12]).Sample(
            (pattern, path) =>
            {
                var expression = Regex.Replace(new string(pattern), @"\*\*|\*|\?|[^*?]+", token => token.Value switch
                {
                    "**" => ".*",
                    "*" => "[^/]*",
                    "?" => "[^/]",
                    var text => Regex.Escape(text),
                });
                return Matches(new FilmFilter { Files = [new string(pattern)] }, new string(path)) == Regex.IsMatch(new string(path), $"^{expression}$");
            },
            iter: 20_000);

    [Fact]
    public void Digests_match_by_any_of_their_beginnings() =>
        Gen.Select(Gen.Char["ab"].Array[3, 6].Array[0, 12], Gen.Char["ab"].Array[8]).Sample((prefixes, digest) =>
        {
            string[] beginnings = [.. prefixes.Select(prefix => new string(prefix))];
            var film = s_film with { Digest = new string(digest) };
            return new FilmFilter { Digests = beginnings }.Matcher(null)(film) == beginnings.Any(film.Digest.StartsWith);
        });

    [Fact]
    public void Every_condition_given_must_be_met()
    {
        var all = new FilmFilter { Digests = ["abcdef01"], Files = ["train/**"], Labels = [ImageLabel.Normal, ImageLabel.Virus], Splits = [Split.Train], Patients = ["p7", "p8"] };
        Assert.True(Matches(all));
        Assert.False(Matches(all with { Digests = ["abcdef02"] }));
        Assert.False(Matches(all with { Files = ["test/**"] }));
        Assert.False(Matches(all with { Labels = [ImageLabel.Normal] }));
        Assert.False(Matches(all with { Splits = [Split.Test] }));
        Assert.False(Matches(all with { Patients = ["p70"] }));
    }

    [Fact]
    public void Flags_are_those_of_the_report()
    {
        var flags = new[] { (s_film.Digest, FilmFlag.Leak) }.ToLookup(pair => pair.Digest, pair => pair.Item2);
        Assert.True(new FilmFilter { Flags = [FilmFlag.Outlier, FilmFlag.Leak] }.Matcher(flags)(s_film));
        Assert.False(new FilmFilter { Flags = [FilmFlag.Outlier] }.Matcher(flags)(s_film));
        Assert.False(new FilmFilter { Flags = [FilmFlag.Leak] }.Matcher(null)(s_film));
    }

    [Fact]
    public void Problems_of_a_filter_are_all_listed()
    {
        Assert.Empty(new FilmFilter { Digests = ["abcdef01"], Files = ["**"], Flags = [FilmFlag.Leak] }.Problems());
        Assert.Contains("every film", Assert.Single(new FilmFilter().Problems()), StringComparison.Ordinal);
        Assert.Collection(
            new FilmFilter { Digests = ["abc", "ABCDEF01"], Files = [], Patients = ["a\n"], Labels = [(ImageLabel)7] }.Problems(),
            problem => Assert.StartsWith("digests: 'abc'", problem, StringComparison.Ordinal),
            problem => Assert.StartsWith("digests: 'ABCDEF01'", problem, StringComparison.Ordinal),
            problem => Assert.StartsWith("files: the list is empty", problem, StringComparison.Ordinal),
            problem => Assert.StartsWith("patients:", problem, StringComparison.Ordinal),
            problem => Assert.StartsWith("labels: '7'", problem, StringComparison.Ordinal));
    }

    private static bool Matches(FilmFilter filter, string? file = null) => filter.Matcher(null)(file is null ? s_film : s_film with { File = file });
}
