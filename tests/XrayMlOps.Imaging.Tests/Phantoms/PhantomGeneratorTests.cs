using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Datasets.Rules;
using XrayMlOps.Core.Preprocessing;
using XrayMlOps.Imaging.Phantoms;

namespace XrayMlOps.Imaging.Tests.Phantoms;

public sealed class PhantomGeneratorTests
{
    private static readonly PhantomOptions s_options = new() { FilmsPerClass = 6 };

    [Fact]
    public void Paths_tell_label_and_patient()
    {
        var films = PhantomGenerator.Plan(new PhantomOptions { FilmsPerClass = 200 });

        Assert.Equal(600, films.Select(film => film.File).Distinct().Count());
        foreach (var label in ImageLabels.All) Assert.Equal(200, films.Count(film => film.Label == label));
        var rule = new NameRule(new FilmRuleOptions());
        Assert.All(films, film =>
        {
            var patient = film.Label == ImageLabel.Normal ? $"IM-{film.Patient:0000}" : $"person{film.Patient}";
            Assert.Equal(new FilmReading(film.Label, patient), rule.Read(new FilmOrigin(film.File)));
        });
        var perPatient = films.GroupBy(film => film.Patient).ToArray();
        Assert.All(perPatient, patient => Assert.Single(patient.Select(film => film.Label).Distinct()));
        Assert.Equal([1, 2, 3], perPatient.Select(patient => patient.Count()).Distinct().Order());
    }

    [Fact]
    public void Written_films_are_the_planned_ones_and_decode()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"xray-phantoms-{Guid.NewGuid():N}");
        try
        {
            var films = PhantomGenerator.Write(folder, s_options, TestContext.Current.CancellationToken);

            var written = Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'));
            Assert.Equal(films.Select(film => film.File).Order(StringComparer.Ordinal), written.Order(StringComparer.Ordinal));
            foreach (var film in films)
            {
                var content = File.ReadAllBytes(Path.Combine(folder, film.File));
                Assert.Equal(PhantomGenerator.Film(film.Label, film.Patient, film.Number, s_options), content);
                var result = Films.Decode(content);
                Assert.True(result.Succeeded, result.Reason);
                Assert.InRange(result.Info.Width, 320, 640);
                Assert.InRange(result.Info.Height, 280, 600);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Seed_patient_number_and_label_each_change_the_film()
    {
        var film = PhantomGenerator.Film(ImageLabel.Virus, 3, 1, s_options);

        Assert.Equal(film, PhantomGenerator.Film(ImageLabel.Virus, 3, 1, s_options));
        Assert.NotEqual(film, PhantomGenerator.Film(ImageLabel.Virus, 3, 1, s_options with { Seed = 2 }));
        Assert.NotEqual(film, PhantomGenerator.Film(ImageLabel.Virus, 4, 1, s_options));
        Assert.NotEqual(film, PhantomGenerator.Film(ImageLabel.Virus, 3, 2, s_options));
        Assert.NotEqual(film, PhantomGenerator.Film(ImageLabel.Normal, 3, 1, s_options));
    }

    [Theory]
    [InlineData(ImageLabel.Bacteria, false)]
    [InlineData(ImageLabel.Virus, true)]
    public void Disease_changes_one_lung_or_both(ImageLabel label, bool isBilateral)
    {
        for (var patient = 1; patient <= 10; patient++)
        {
            var healthy = Films.Pixels(PhantomGenerator.Film(ImageLabel.Normal, patient, 1, s_options), PreprocessingSpec.Default);
            var ill = Films.Pixels(PhantomGenerator.Film(label, patient, 1, s_options), PreprocessingSpec.Default);

            var (left, right) = (0, 0);
            for (var i = 0; i < ill.Length; i++)
            {
                if (Math.Abs(ill[i] - healthy[i]) < 8) continue;
                if (i % 256 < 128) left++;
                else right++;
            }
            Assert.True(left + right > 300, $"patient {patient}: {left + right} of 65,536 pixels change");
            Assert.Equal(isBilateral, Math.Min(left, right) > 0.05 * (left + right));
        }
    }
}
