using System.Net;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.ControlPlane.Tests.Datasets;

public sealed class DerivedVersionTests(SharedServers servers)
{
    private static CancellationToken Token => RegistryHost.Token;

    [Theory]
    [InlineData(Deployment.Embedded)]
    [InlineData(Deployment.Cloud)]
    public async Task Version_is_made_reported_derived_frozen_tagged_deleted_and_collected(Deployment deployment)
    {
        await using var host = await RegistryHost.StartAsync(deployment, servers);
        var films = Films.Some(10);
        var first = (await host.PushCompletedAsync("chest", films)).Version;
        var report = await host.GetAsync<QualityReport>("/api/datasets/chest%401/report");
        Assert.Equal((30, 30), (report.Films, report.Patients));

        var more = Films.Some(10, seed: 100);
        var derived = await host.PushCompletedAsync("chest", Films.Request(more) with { Base = "chest@1", FreezeTest = "chest@1", Note = "twice as many" }, more);
        Assert.Equal(("chest@2", 60, "chest@1", "chest@1", "twice as many"),
            (derived.Version.Reference, derived.Version.Images, derived.Version.Base, derived.Version.FrozenTest, derived.Version.Note));
        var (before, after) = (await ManifestAsync(host, "chest@1"), await ManifestAsync(host, "chest@2"));
        Assert.Equal(Test(before), Test(after));
        Assert.All(before, film => Assert.Equal(film.Value.Split, after[film.Key].Split));

        await host.TagAsync("chest@2", "grown");
        using var deleted = await host.DeleteAsync("chest@2");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        await host.ForgetPinsAsync();
        var would = await host.CollectAsync(dryRun: true);
        var freed = await host.CollectAsync();
        Assert.Equal((would.Blobs, would.Bytes), (freed.Blobs, freed.Bytes));
        Assert.Equal(30 + 3, freed.Blobs); // the films, and the version's manifest, report and tensors
        Assert.All(more.Values, film => Assert.DoesNotContain(Digest.Of(film), before.Keys));
        Assert.Equal(more.Count, (await host.MissingAsync(more.Values.Select(film => Digest.Of(film)), verify: true)).Count);
        Assert.Empty(await host.MissingAsync(films.Values.Select(film => Digest.Of(film)), verify: true));
        Assert.Equal(first.Digest, Digest.Of(await host.Http.GetByteArrayAsync("/api/datasets/chest/manifest", Token)));

        static IEnumerable<string> Test(Dictionary<string, ManifestEntry> films) => films.Values.Where(film => film.Split == Split.Test).Select(film => film.Digest);
    }

    [Fact]
    public async Task Derivation_that_changes_nothing_makes_no_version()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.PushCompletedAsync("chest", Films.Some(10));

        var same = await host.PushCompletedAsync("chest", new PushRequest([]) { Base = "chest@1", Remove = [new FilmFilter { Files = ["no/such/*"] }] });

        Assert.Equal((false, "chest@1"), (same.Created, same.Version.Reference));
    }

    [Fact]
    public async Task Pushed_film_takes_the_place_of_the_one_with_its_content_but_not_of_another_under_its_path()
    {
        await using var host = await RegistryHost.StartAsync();
        var films = Films.Some(10);
        await host.PushCompletedAsync("chest", films);
        var (moved, other) = (films["NORMAL/IM-0000-0001.jpeg"], Films.Jpeg(900));
        await host.UploadAsync([other]);

        PushedFilm again = new("VIRUS/a.jpeg", Digest.Of(moved), ImageLabel.Virus, "a"), taken = new("NORMAL/IM-0001-0001.jpeg", Digest.Of(other), ImageLabel.Normal, "b");

        var completed = await host.PushCompletedAsync("chest", new PushRequest([again, taken]) { Base = "chest" });

        Assert.Equal("NORMAL/IM-0001-0001.jpeg", Assert.Single(completed.Rejected).File);
        var manifest = await ManifestAsync(host, "chest@2");
        Assert.Equal(30, manifest.Count);
        Assert.Equal(("VIRUS/a.jpeg", ImageLabel.Virus, "a"), (manifest[Digest.Of(moved)].File, manifest[Digest.Of(moved)].Label, manifest[Digest.Of(moved)].Patient));
    }

    [Fact]
    public async Task Frozen_test_set_loses_no_film_and_gains_none_from_its_patients()
    {
        await using var host = await RegistryHost.StartAsync();
        var films = Films.Some(10);
        await host.PushCompletedAsync("chest", films);
        var tested = (await ManifestAsync(host, "chest@1")).Values.First(film => film.Split == Split.Test);
        var another = Films.Jpeg(900);
        await host.UploadAsync([another]);
        PushedFilm further = new("NORMAL/further.jpeg", Digest.Of(another), tested.Label, tested.Patient);

        var completed = await host.PushCompletedAsync("chest", new PushRequest([further]) { Base = "chest@1", FreezeTest = "chest@1" });
        Assert.Equal(("NORMAL/further.jpeg", false), (Assert.Single(completed.Rejected).File, completed.Created));
        Assert.Contains(tested.Patient, completed.Rejected[0].Reason, StringComparison.Ordinal);

        var without = new PushRequest([]) { Base = "chest@1", FreezeTest = "chest@1", Remove = [new FilmFilter { Digests = [tested.Digest] }] };
        var refused = Assert.IsType<PushRefused>((await host.PushAsync("chest", without))[^1]);
        Assert.Contains(tested.File, refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Films_that_a_report_flags_are_removed()
    {
        await using var host = await RegistryHost.StartAsync();
        var films = Films.Some(10);
        films["NORMAL/IM-0900-0001.jpeg"] = [.. films["NORMAL/IM-0001-0001.jpeg"][..^2], 0xFF, 0xFE, 0, 2, 0xFF, 0xD9]; // the same picture with a comment
        await host.PushCompletedAsync("chest", films);
        var pair = Assert.Single((await host.GetAsync<QualityReport>("/api/datasets/chest/report")).NearDuplicates);

        var completed = await host.PushCompletedAsync("chest", new PushRequest([]) { Base = "chest", Remove = [new FilmFilter { Flags = [FilmFlag.NearDuplicate] }] });

        Assert.Equal(30, completed.Version.Images);
        Assert.Contains(pair.Films.Min(film => film.Digest)!, (await ManifestAsync(host, "chest")).Keys);
    }

    [Fact]
    public async Task Base_and_frozen_version_that_are_not_there_are_both_named()
    {
        await using var host = await RegistryHost.StartAsync();

        var detail = await RegistryHost.ProblemAsync(HttpStatusCode.UnprocessableEntity, host.PostAsync(
            "/api/datasets/chest/versions", new PushRequest([]) { Base = "chest@7", FreezeTest = "other" }));

        Assert.All((string[])["chest@7", "other"], part => Assert.Contains(part, detail, StringComparison.Ordinal));
    }

    private static async Task<Dictionary<string, ManifestEntry>> ManifestAsync(RegistryHost host, string reference)
    {
        await using var manifest = await host.Http.GetStreamAsync($"/api/datasets/{Uri.EscapeDataString(reference)}/manifest", Token);
        return await DatasetManifest.ReadAsync(manifest, Token).ToDictionaryAsync(film => film.Digest, cancellationToken: Token);
    }
}
