using CsCheck;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Core.Tests.Datasets;

public sealed class DatasetComparisonTests
{
    /// <summary>Two versions that share some films, some of which changed.</summary>
    private static readonly Gen<(ManifestEntry[] Before, ManifestEntry[] After)> Versions =
        Gen.Select(ManifestEntries.Ordered, ManifestEntries.Ordered, Gen.Int).Select((films, others, seed) =>
        {
            var random = new Random(seed);
            var after = films.Where(_ => random.Next(4) > 0).Select(film => random.Next(4) switch
            {
                0 => film with { Label = (ImageLabel)random.Next(3) },
                1 => film with { Split = (Split)random.Next(3), File = random.Next(2) == 0 ? film.File : "renamed" },
                _ => film,
            });
            return (films, ManifestEntries.Order(after.Concat(others)));
        });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Changes_are_those_of_the_versions_laid_side_by_side() =>
        await Versions.SampleAsync(async versions =>
        {
            var (before, after) = (versions.Before.ToDictionary(film => film.Digest), versions.After.ToDictionary(film => film.Digest));
            var expected = before.Keys.Union(after.Keys).Order(StringComparer.Ordinal)
                .Select(digest => new FilmChange(before.GetValueOrDefault(digest), after.GetValueOrDefault(digest)))
                .Where(change => change.Before != change.After);

            Assert.Equal(expected, await ChangesAsync(versions.Before, versions.After));
        });

    [Fact]
    public async Task Counts_add_up_to_both_versions() =>
        await Versions.SampleAsync(async versions =>
        {
            var diff = await DatasetComparison.CountAsync("a@1", "a@2", versions.Before.ToAsyncEnumerable(), versions.After.ToAsyncEnumerable(), Token);

            var changes = await ChangesAsync(versions.Before, versions.After);
            var both = changes.Where(change => change is { Before: not null, After: not null }).ToArray();
            var touched = both.Count(change => (change.Before!.Label, change.Before.Split) != (change.After!.Label, change.After.Split));
            Assert.Equal(versions.Before.Length, diff.Removed.Sum(count => count.Total) + touched + diff.Unchanged);
            Assert.Equal(versions.After.Length, diff.Added.Sum(count => count.Total) + touched + diff.Unchanged);
            Assert.Equal(both.Count(change => change.Before!.Label != change.After!.Label), diff.Relabelled.Sum(count => count.Films));
            Assert.Equal(both.Count(change => change.Before!.Split != change.After!.Split), diff.Moved.Sum(count => count.Films));
        });

    [Fact]
    public async Task Counts_say_which_classes_and_splits()
    {
        var films = ManifestEntries.Many(4).Select(film => film with { Label = ImageLabel.Normal, Split = Split.Train }).ToArray();
        ManifestEntry[] after = [films[0] with { Label = ImageLabel.Virus, Split = Split.Test }, films[1], films[3] with { Digest = new string('f', 64), Label = ImageLabel.Bacteria }];

        var diff = await DatasetComparison.CountAsync("a@1", "a@2", films.ToAsyncEnumerable(), after.ToAsyncEnumerable(), Token);

        Assert.Equal(("a@1", "a@2", 1), (diff.From, diff.To, diff.Unchanged));
        Assert.Equal([new SplitCounts(Split.Train, 0, 1, 0), new SplitCounts(Split.Validation, 0, 0, 0), new SplitCounts(Split.Test, 0, 0, 0)], diff.Added);
        Assert.Equal(new SplitCounts(Split.Train, 2, 0, 0), diff.Removed[0]);
        Assert.Equal([new RelabelledCount(ImageLabel.Normal, ImageLabel.Virus, 1)], diff.Relabelled);
        Assert.Equal([new MovedCount(Split.Train, Split.Test, 1)], diff.Moved);
    }

    [Fact]
    public async Task Film_of_another_patient_is_a_change()
    {
        var film = ManifestEntries.Many(1)[0];
        Assert.Single(await ChangesAsync([film], [film with { Patient = "another" }]));
        Assert.Empty(await ChangesAsync([film], [film with { PerceptualHash = new string('0', 64) }]));
    }

    private static async Task<FilmChange[]> ChangesAsync(ManifestEntry[] before, ManifestEntry[] after) =>
        await DatasetComparison.ChangesAsync(before.ToAsyncEnumerable(), after.ToAsyncEnumerable(), Token).ToArrayAsync(Token);
}
