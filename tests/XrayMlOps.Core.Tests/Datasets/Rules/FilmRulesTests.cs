using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Datasets.Rules;

namespace XrayMlOps.Core.Tests.Datasets.Rules;

public sealed class FilmRulesTests
{
    [Theory]
    [InlineData("PNEUMONIA/person12_bacteria_34.jpeg", ImageLabel.Bacteria, "person12")]
    [InlineData("PNEUMONIA/person12_virus_35.jpeg", ImageLabel.Virus, "person12")]
    [InlineData("person1_virus_6_2.JPG", ImageLabel.Virus, "person1")]
    [InlineData("NORMAL/IM-0115-0001.jpeg", ImageLabel.Normal, "IM-0115")]
    [InlineData("NORMAL/NORMAL2-IM-0115-0001-0002.jpeg", ImageLabel.Normal, "IM-0115")]
    [InlineData("IM-0033-0001-0002.jpeg", ImageLabel.Normal, "IM-0033")]
    [InlineData("a/Viral/b/film7.png", ImageLabel.Virus, null)]
    [InlineData(@"bacterial\scan 1.png", ImageLabel.Bacteria, null)]
    [InlineData("/data/normal/x.png", ImageLabel.Normal, null)]
    public void Name_known_layouts_give_class_and_patient(string file, ImageLabel label, string? patient) =>
        Assert.Equal(new FilmReading(label, patient), Rule("name").Read(new FilmOrigin(file)));

    [Theory]
    [InlineData("PNEUMONIA/film.png", "which")]
    [InlineData("NORMAL/PNEUMONIA/IM-0001-0001.png", "which")]
    [InlineData("films/film.png", "neither")]
    [InlineData("", "neither")]
    public void Name_without_a_class_says_what_is_missing(string file, string expected) =>
        Assert.Contains(expected, Rule("name").Read(new FilmOrigin(file)).Problem);

    [Theory]
    [InlineData("name")]
    [InlineData("folder")]
    public void Folder_that_is_pushed_alone_tells_the_class(string rule) =>
        Assert.Equal(ImageLabel.Virus, Rule(rule).Read(new FilmOrigin("film.png", Root: "VIRUS")).Label);

    [Theory]
    [InlineData(null, null)]
    [InlineData(1, "patient7")]
    [InlineData(3, "clinic")]
    public void Folder_takes_class_and_patient_from_folders_alone(int? level, string? patient) => Assert.Equal(
        new FilmReading(ImageLabel.Bacteria, patient),
        Rule("folder", new FilmRuleOptions { PatientFolder = level }).Read(new FilmOrigin("clinic/bacteria/patient7/person1_virus_2.jpeg")));

    [Theory]
    [InlineData(2, "'bacteria'")]
    [InlineData(9, "no folder is 9 above")]
    public void Folder_without_a_patient_where_one_must_be_says_so(int level, string expected) => Assert.Contains(
        expected, Rule("folder", new FilmRuleOptions { PatientFolder = level }).Read(new FilmOrigin("clinic/bacteria/patient7/film.jpeg")).Problem);

    [Fact]
    public void Folder_reads_mapped_class_names()
    {
        var options = new FilmRuleOptions { Labels = new Dictionary<string, ImageLabel> { ["healthy"] = ImageLabel.Normal } };
        Assert.Equal(ImageLabel.Normal, Rule("folder", options).Read(new FilmOrigin("Healthy/film.jpeg")).Label);
        Assert.Contains("no folder", Rule("folder", options).Read(new FilmOrigin("ill/film.jpeg")).Problem);
    }

    [Theory]
    [InlineData(@"(?<label>[a-z]+)-(?<patient>p\d+)", "set/virus-p12.png", ImageLabel.Virus, "p12")]
    [InlineData(@"(?<label>bac|vir)(?:_(?<patient>\d+))?\.png$", "bac.png", ImageLabel.Bacteria, null)]
    [InlineData(@"/(?<patient>\d+)_", @"NORMAL\77_a.png", ImageLabel.Normal, "77")]
    [InlineData("(?<label>normal)", "normal/person3_virus_1.png", ImageLabel.Normal, "person3")]
    public void Pattern_groups_give_class_and_patient_and_names_the_rest(string pattern, string file, ImageLabel label, string? patient)
    {
        var options = new FilmRuleOptions
        {
            Pattern = pattern,
            Labels = new Dictionary<string, ImageLabel> { ["bac"] = ImageLabel.Bacteria, ["vir"] = ImageLabel.Virus },
        };
        Assert.Equal(new FilmReading(label, patient), Rule("pattern", options).Read(new FilmOrigin(file)));
    }

    [Theory]
    [InlineData("(?<label>.+)/", "set/film.png", "'set'")]
    [InlineData("(?<label>normal)_", "set/film.png", "does not match")]
    [InlineData("^(?<label>(a+)+)$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "ms")]
    public void Pattern_that_tells_nothing_says_why(string pattern, string file, string expected) =>
        Assert.Contains(expected, Rule("pattern", new FilmRuleOptions { Pattern = pattern }).Read(new FilmOrigin(file)).Problem);

    [Theory]
    [InlineData("virus", "p1", ImageLabel.Virus, "p1")]
    [InlineData("virus", "", ImageLabel.Virus, null)]
    [InlineData(null, "p1", ImageLabel.Bacteria, "p1")]
    [InlineData("Viral", null, ImageLabel.Virus, "person3")]
    public void Column_comes_before_the_name(string? label, string? patient, ImageLabel expected, string? expectedPatient) => Assert.Equal(
        new FilmReading(expected, expectedPatient), Rule("csv").Read(new FilmOrigin("person3_bacteria_1.png", Label: label, Patient: patient)));

    [Theory]
    [InlineData("", "empty")]
    [InlineData("flu", "'flu'")]
    public void Column_without_a_class_says_what_it_has(string label, string expected) =>
        Assert.Contains(expected, Rule("csv").Read(new FilmOrigin("person3_bacteria_1.png", Label: label)).Problem);

    [Theory]
    [InlineData("nonsense", null, null, "name, folder, pattern, csv")]
    [InlineData("pattern", null, null, "needs a pattern")]
    [InlineData("pattern", "(", null, "regular expression")]
    [InlineData("pattern", "(?<class>x)", null, "neither a label nor a patient")]
    [InlineData("folder", null, 0, "count from 1")]
    public void Rule_that_cannot_work_is_refused_with_the_reason(string name, string? pattern, int? folder, string expected)
    {
        var refusal = Assert.Throws<FilmRuleException>(() => Rule(name, new FilmRuleOptions { Pattern = pattern, PatientFolder = folder }));
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    private static IFilmRule Rule(string name, FilmRuleOptions? options = null) => FilmRules.Create(name, options ?? new FilmRuleOptions());
}
