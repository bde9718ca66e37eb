using System.Text.Json;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Tests.Datasets;

public sealed class DerivedVersionTests(Platform platform) : IDisposable
{
    private readonly TestFolder _films = new();

    public void Dispose() => _films.Dispose();

    [Fact]
    public async Task Version_is_derived_compared_tagged_and_listed()
    {
        const string Name = "derived";
        _films.WritePhantoms(filmsPerClass: 6, seed: 21);
        await Run<Platform.PushedDataset>("push", _films.Path, "--name", Name, "--split", "1/1/1", "--note", "the first");
        var films = await Run<ManifestEntry[]>("films", Name);
        Assert.Equal(18, films.Length);

        using var more = new TestFolder();
        more.WritePhantom("NORMAL/IM-9001-0001.jpeg", ImageLabel.Normal, 9001);
        var added = await Run<Platform.PushedDataset>("add", Name, more.Path);
        Assert.Equal((2, 19, $"{Name}@1"), (added.Version.Number, added.Version.Images, added.Version.Base));

        var removed = await Run<PushCompleted>("remove", $"{Name}@2", "--label", "virus", "--split", "train", "--split", "test");
        var gone = films.Count(film => film is { Label: ImageLabel.Virus, Split: Split.Train or Split.Test });
        Assert.Equal((3, 19 - gone), (removed.Version.Number, removed.Version.Images));

        var film = films.First(film => film.Label == ImageLabel.Bacteria);
        var relabelled = await Run<PushCompleted>("relabel", $"{Name}@1", _films.Write("labels.csv", $"file,label\n{film.File},viral\n"));
        Assert.Equal(18, relabelled.Version.Images);

        var diff = await Run<DatasetDiff>("diff", $"{Name}@1", $"{Name}@2");
        Assert.Equal((1, 0, 18), (diff.Added.Sum(counts => counts.Normal), diff.Removed.Sum(counts => counts.Total), diff.Unchanged));
        var relabelling = (await Run<JsonElement>("diff", $"{Name}@1", $"{Name}@4", "--films")).GetProperty("films");
        var change = relabelling.Deserialize<FilmChange[]>(Core.XrayJson.Compact)!.Single();
        Assert.Equal((film.Digest, ImageLabel.Bacteria, ImageLabel.Virus), (change.After!.Digest, change.Before!.Label, change.After.Label));

        await Run<DatasetVersionResponse>("tag", $"{Name}@2", "baseline");
        Assert.Equal(2, (await Run<DatasetVersionResponse>("show", $"{Name}@baseline")).Number);
        await Run<JsonElement>("untag", Name, "baseline");
        Assert.Equal(4, (await XrayRun.Of("dataset", "show", $"{Name}@baseline", "--server", platform.Server)).ExitCode);

        Assert.Equal([4, 3, 2, 1], (await Run<DatasetVersionResponse[]>("versions", Name)).Select(version => version.Number));
        Assert.All(await Run<ManifestEntry[]>("films", $"{Name}@1", "--label", "normal", "--limit", "2"), normal => Assert.Equal(ImageLabel.Normal, normal.Label));
        var lineage = (await Run<JsonElement>("show", $"{Name}@1", "--lineage")).GetProperty("lineage").Deserialize<DatasetLineage>(Core.XrayJson.Compact)!;
        Assert.Equal([$"{Name}@2", $"{Name}@4"], lineage.Derived.Order(StringComparer.Ordinal));
        var shown = await XrayRun.Of("dataset", "diff", $"{Name}@1", $"{Name}@4", "--films", "--server", platform.Server);
        Assert.Contains("relabelled from bacteria to virus: 1 film", shown.Output, StringComparison.Ordinal);
        Assert.Contains("bacteria > virus", shown.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Frozen_test_set_stays_in_a_version_with_further_films()
    {
        _films.WritePhantoms(filmsPerClass: 6, seed: 22);
        await Run<Platform.PushedDataset>("push", _films.Path, "--name", "frozen", "--split", "1/1/1");
        for (var patient = 1; patient <= 9; patient++) _films.WritePhantom($"NORMAL/IM-80{patient:00}-0001.jpeg", ImageLabel.Normal, 8000 + patient);
        var pushed = await Run<Platform.PushedDataset>("push", _films.Path, "--name", "frozen", "--split", "1/1/1", "--freeze-test", "frozen@1");
        Assert.Equal("frozen@1", pushed.Version.FrozenTest);
        Assert.Equal(await Digests("frozen@1"), await Digests("frozen@2"));

        async Task<IEnumerable<string>> Digests(string version) => (await Run<ManifestEntry[]>("films", version, "--split", "test")).Select(film => film.Digest);
    }

    [Theory]
    [InlineData("remove", "loop")]
    [InlineData("remove", "loop", "--digest", "abc")]
    [InlineData("remove", "loop", "--flagged", "ugly")]
    [InlineData("remove", "NO NAME", "--label", "virus")]
    [InlineData("relabel", "loop", "nowhere.csv")]
    [InlineData("delete", "loop@1", "--force")]
    [InlineData("sheet", "loop", "--out", "x", "--films", "0")]
    public async Task Verb_that_is_asked_wrongly_exits_2_with_the_reason(params string[] arguments)
    {
        var run = await XrayRun.Of(["dataset", .. arguments, "--server", platform.Server]);
        Assert.Equal(2, run.ExitCode);
        Assert.NotEmpty(run.Errors.Trim());
    }

    [Fact]
    public async Task Relabel_with_bad_lines_names_each_and_changes_nothing()
    {
        var labels = _films.Write("labels.csv", "file,label\nx.jpeg,flu\n,virus\n\"y.jpeg,virus\n");
        var run = await XrayRun.Of("dataset", "relabel", Platform.Dataset, labels, "--server", platform.Server);
        Assert.Equal(2, run.ExitCode);
        foreach (var line in new[] { "line 2", "line 3", "line 4" }) Assert.Contains(line, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_that_a_run_uses_is_deleted_by_force_alone_and_then_gone()
    {
        var refused = await XrayRun.Of("dataset", "delete", $"{Platform.Dataset}@1", "--server", platform.Server);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("run", refused.Errors, StringComparison.Ordinal);

        _films.WritePhantoms(filmsPerClass: 3, seed: 23);
        await Run<Platform.PushedDataset>("push", _films.Path, "--name", "gone", "--split", "1/1/1");
        await Run<JsonElement>("delete", "gone@1", "--force", "--reason", "a test");
        var shown = await XrayRun.Of("dataset", "show", "gone@1", "--server", platform.Server);
        Assert.Equal(4, shown.ExitCode);
        Assert.Contains("a test", shown.Errors, StringComparison.Ordinal);
    }

    private Task<T> Run<T>(params string[] arguments) => XrayRun.Json<T>(["dataset", .. arguments, "--server", platform.Server]);
}
