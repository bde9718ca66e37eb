using CsCheck;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Imaging.Quality;
using static XrayMlOps.Imaging.Tests.Quality.Inspection;

namespace XrayMlOps.Imaging.Tests.Quality;

public sealed class QualityInspectionTests
{
    private static readonly FilmFacts[] Known = OfPhantoms(40);

    [Fact]
    public void Copy_in_another_split_is_a_leak()
    {
        var (training, test) = (Entry(Known[0]), Entry(Copied(0, "compressed")) with { Split = Split.Test, Patient = "other", Label = ImageLabel.Virus });
        var (one, two) = (Entry(Known[1]), Entry(Copied(1, "brighter")));

        var report = Report([training, test, one, two, Entry(Known[2])], [.. Known, Copied(0, "compressed"), Copied(1, "brighter")]);

        Assert.Equal(2, report.NearDuplicates.Count);
        var leak = report.NearDuplicates[0];
        Assert.Equal((true, true, true), (leak.CrossesSplits, leak.CrossesPatients, leak.CrossesLabels));
        Assert.Equal(new[] { training.Digest, test.Digest }.Order(StringComparer.Ordinal), leak.Films.Select(film => film.Digest));
        Assert.Equal((false, false, false), (report.NearDuplicates[1].CrossesSplits, report.NearDuplicates[1].CrossesPatients, report.NearDuplicates[1].CrossesLabels));

        Assert.Equal([training.Digest], Flagged(report, FilmFlag.Leak));
        Assert.Equal([leak.Films[1].Digest, report.NearDuplicates[1].Films[1].Digest], Flagged(report, FilmFlag.NearDuplicate));
    }

    [Fact]
    public void Leaving_out_the_flagged_settles_it()
    {
        FilmFacts[] films = [.. Known, .. Enumerable.Range(0, 6).Select(i => Copied(i, "compressed")), .. Enumerable.Range(0, 3).Select(i => Copied(i, "gamma"))];
        ManifestEntry[] entries = [.. films.Select((film, i) => Entry(film) with { Split = (Split)(i % 3) })];
        var report = Report(entries, films);
        Assert.Equal(6, report.NearDuplicates.Count);

        var withoutLeaks = Report([.. entries.Where(entry => !Flagged(report, FilmFlag.Leak).Contains(entry.Digest))], films);
        var withoutCopies = Report([.. entries.Where(entry => !Flagged(report, FilmFlag.NearDuplicate).Contains(entry.Digest))], films);

        Assert.DoesNotContain(withoutLeaks.NearDuplicates, group => group.CrossesSplits);
        Assert.DoesNotContain(entries, entry => entry.Split == Split.Test && Flagged(report, FilmFlag.Leak).Contains(entry.Digest));
        Assert.Empty(withoutCopies.NearDuplicates);
    }

    [Fact]
    public void Outlier_is_reported_with_its_film()
    {
        var noise = Inspect(Films.Encode(SkiaSharp.SKEncodedImageFormat.Png, SkiaSharp.SKColorType.Gray8, 300, 300, (x, y) => (byte)(x * y * 31 % 251)));
        var stranger = Entry(noise) with { File = "NORMAL/stranger.png", Patient = "someone" };

        var report = Report([.. Known.Select(Entry), stranger], [.. Known, noise]);

        var outlier = Assert.Single(report.Outliers);
        Assert.Equal(new FlaggedFilm(stranger.Digest, stranger.File, stranger.Label, stranger.Patient, stranger.Split), outlier.Film);
        Assert.True(outlier.Score > outlier.Threshold);
        Assert.Equal([stranger.Digest], Flagged(report, FilmFlag.Outlier));
    }

    [Fact]
    public void Films_and_patients_are_counted_by_class()
    {
        ManifestEntry[] entries =
        [
            Entry(Known[0]) with { Label = ImageLabel.Normal, Patient = "a" },
            Entry(Known[1]) with { Label = ImageLabel.Virus, Patient = "b" },
            Entry(Known[2]) with { Label = ImageLabel.Virus, Patient = "b" },
            Entry(Known[3]) with { Label = ImageLabel.Virus, Patient = "c" },
        ];

        var report = Report(entries, Known);

        Assert.Equal((4, 3), (report.Films, report.Patients));
        Assert.Equal([new(ImageLabel.Normal, 1, 1, 0.25), new(ImageLabel.Bacteria, 0, 0, 0), new ClassBalance(ImageLabel.Virus, 3, 2, 0.75)], report.Classes);
    }

    [Fact]
    public void Film_without_facts_is_counted()
    {
        var report = Report([.. Known.Select(Entry)], Known[..10]);

        Assert.Equal(40, report.Films);
        Assert.Equal(40, report.Width.Histogram.Sum());
        Assert.Equal(10, report.Exposure.Histogram.Sum());
    }

    [Fact]
    public void Percentiles_are_those_of_the_films()
    {
        ManifestEntry[] entries = [.. Known.Take(21).Select((film, i) => Entry(film) with { Width = 100 + 10 * i, Height = 100 })];

        var width = Report(entries, Known).Width;

        Assert.Equal((100, 110, 200, 290, 300, 200), (width.Minimum, width.Percentile5, width.Median, width.Percentile95, width.Maximum, width.Mean));
        Assert.Equal([.. Enumerable.Repeat(1, 19), 2], width.Histogram);
    }

    [Fact]
    public void Distribution_holds_every_value() => Gen.Double[-1e6, 1e6].Array[1, 200].Sample(values =>
    {
        var distribution = Distributions.Of(values);
        Assert.Equal(values.Length, distribution.Histogram.Sum());
        Assert.True(distribution.Minimum <= distribution.Percentile5 && distribution.Percentile5 <= distribution.Median);
        Assert.True(distribution.Median <= distribution.Percentile95 && distribution.Percentile95 <= distribution.Maximum);
        Assert.InRange(values.Count(value => value < distribution.Percentile5), 0, Math.Ceiling(0.05 * values.Length));
    });

    [Fact]
    public void Empty_version_has_an_empty_report()
    {
        var report = Report([], []);

        Assert.Equal(new Distribution(0, 0, 0, 0, 0, 0, []).Mean, report.Width.Mean);
        Assert.Empty(report.Exposure.Histogram);
        Assert.All(report.Classes, balance => Assert.Equal(0, balance.Share));
    }

    private static QualityReport Report(IReadOnlyList<ManifestEntry> entries, FilmFacts[] films) =>
        QualityInspection.Report(entries, films.ToDictionary(film => film.Digest), [], [], TestContext.Current.CancellationToken);

    private static FilmFacts Copied(int phantom, string how) => Inspect(Copy(Phantom(phantom), how));

    private static IEnumerable<string> Flagged(QualityReport report, FilmFlag flag) => report.Flags().Where(film => film.Contains(flag)).Select(film => film.Key);

    private static ManifestEntry Entry(FilmFacts film) => new()
    {
        Digest = film.Digest,
        Label = ImageLabel.Bacteria,
        Patient = "p",
        Split = Split.Train,
        File = $"{film.Digest[..8]}.jpeg",
        Bytes = film.Bytes,
        Width = film.Width,
        Height = film.Height,
        PerceptualHash = film.PerceptualHash,
    };
}
