using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Core.Tests.Datasets;

public sealed class LabelCorrectionsTests
{
    private static readonly ManifestEntry[] s_films =
    [
        .. ManifestEntries.Many(50).Select((film, i) => film with { Label = ImageLabel.Normal, File = i < 2 ? "twice.png" : $"{i}.png" }),
        ManifestEntries.Many(1)[0] with { Digest = $"ffffffff0{new string('1', 55)}", File = "one.png" },
        ManifestEntries.Many(1)[0] with { Digest = $"ffffffff1{new string('1', 55)}", File = "two.png" },
    ];

    [Fact]
    public void Films_named_by_digest_beginning_or_path_get_their_labels()
    {
        var (films, problems) = LabelCorrections.Apply(
            s_films,
            [
                new(ImageLabel.Virus, Digest: s_films[3].Digest), new(ImageLabel.Bacteria, Digest: s_films[40].Digest[..8]), new(ImageLabel.Virus, File: "7.png"),
                new(ImageLabel.Virus, Digest: "ffffffff0"), new(ImageLabel.Virus, Digest: s_films[3].Digest[..9]),
            ]);

        Assert.Empty(problems);
        var expected = s_films.ToArray();
        foreach (var (film, label) in ((int, ImageLabel)[])[(3, ImageLabel.Virus), (40, ImageLabel.Bacteria), (7, ImageLabel.Virus), (50, ImageLabel.Virus)])
            expected[film] = expected[film] with { Label = label };
        Assert.Equal(expected, films);
    }

    [Fact]
    public void Corrections_that_cannot_be_applied_are_all_listed_and_none_is()
    {
        var (films, problems) = LabelCorrections.Apply(
            s_films,
            [
                new(ImageLabel.Virus, File: "9.png"), new(ImageLabel.Virus, Digest: "ffffffff"), new(ImageLabel.Virus, Digest: new string('0', 64)), new(ImageLabel.Virus, File: "twice.png"),
                new(ImageLabel.Virus, File: "none.png"), new(ImageLabel.Virus), new(ImageLabel.Virus, s_films[9].Digest, "9.png"), new(ImageLabel.Virus, Digest: "xyz"),
                new(ImageLabel.Normal, Digest: s_films[9].Digest),
            ]);

        Assert.Equal(s_films, films);
        Assert.Collection(
            problems,
            problem => Assert.StartsWith("label 1: digest 'ffffffff' names 2 films", problem, StringComparison.Ordinal),
            problem => Assert.StartsWith("label 2: digest '0000", problem, StringComparison.Ordinal),
            problem => Assert.StartsWith("label 3: file 'twice.png' names 2 films", problem, StringComparison.Ordinal),
            problem => Assert.StartsWith("label 4: file 'none.png' names no film", problem, StringComparison.Ordinal),
            problem => Assert.StartsWith("label 5: exactly one of", problem, StringComparison.Ordinal),
            problem => Assert.StartsWith("label 6: exactly one of", problem, StringComparison.Ordinal),
            problem => Assert.StartsWith("label 7: 'xyz' is no digest", problem, StringComparison.Ordinal),
            problem => Assert.Contains("is virus by another correction and normal by this", problem, StringComparison.Ordinal));
    }
}
