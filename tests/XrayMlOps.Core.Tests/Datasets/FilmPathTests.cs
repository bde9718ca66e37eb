using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Core.Tests.Datasets;

public sealed class FilmPathTests
{
    [Theory]
    [InlineData("PNEUMONIA/person12_bacteria_34.jpeg", ImageLabel.Bacteria, "person12")]
    [InlineData("PNEUMONIA/person12_virus_35.jpeg", ImageLabel.Virus, "person12")]
    [InlineData("person1_virus_6_2.JPG", ImageLabel.Virus, "person1")]
    [InlineData("NORMAL/IM-0115-0001.jpeg", ImageLabel.Normal, "IM-0115")]
    [InlineData("NORMAL/NORMAL2-IM-0115-0001-0002.jpeg", ImageLabel.Normal, "IM-0115")]
    [InlineData("IM-0033-0001-0002.jpeg", ImageLabel.Normal, "IM-0033")]
    [InlineData("a/Viral/b/film7.png", ImageLabel.Virus, "film7")]
    [InlineData(@"bacterial\scan 1.png", ImageLabel.Bacteria, "scan 1")]
    [InlineData("/data/normal/x.png", ImageLabel.Normal, "x")]
    public void TryRead_known_layouts_gives_class_and_patient(string path, ImageLabel label, string patient)
    {
        Assert.True(FilmPath.TryRead(path, out var reading, out _));
        Assert.Equal(new FilmPathReading(label, patient), reading);
    }

    [Theory]
    [InlineData("PNEUMONIA/film.png", "which")]
    [InlineData("NORMAL/PNEUMONIA/IM-0001-0001.png", "which")]
    [InlineData("films/film.png", "neither")]
    [InlineData("", "neither")]
    public void TryRead_no_class_says_what_is_missing(string path, string expected)
    {
        Assert.False(FilmPath.TryRead(path, out _, out var problem));
        Assert.Contains(expected, problem);
    }
}
