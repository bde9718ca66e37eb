using System.Net;
using System.Text.Json.Nodes;
using XrayMlOps.Core;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Preprocessing;

namespace XrayMlOps.ControlPlane.Tests.Datasets;

public sealed class PushTests
{
    private static CancellationToken Token => RegistryHost.Token;

    [Fact]
    public async Task Push_makes_a_version_whose_manifest_and_tensors_are_there()
    {
        await using var host = await RegistryHost.StartAsync();
        var films = Films.Some(10);

        var completed = await host.PushCompletedAsync("chest", films);

        Assert.True(completed.Created);
        Assert.Equal(("chest@1", 30, 30, films.Values.Sum(film => (long)film.Length)),
            (completed.Version.Reference, completed.Version.Images, completed.Version.Patients, completed.Version.Bytes));
        Assert.Equal(30, completed.Version.Counts.Sum(counts => counts.Total));
        Assert.Equal([Split.Train, Split.Validation, Split.Test], completed.Version.Counts.Select(counts => counts.Split));

        var manifest = await host.Http.GetByteArrayAsync("/api/datasets/chest/manifest", Token);
        Assert.Equal(completed.Version.Digest, Digest.Of(manifest));
        List<ManifestEntry> entries = [];
        await foreach (var entry in DatasetManifest.ReadAsync(new MemoryStream(manifest), Token)) entries.Add(entry);
        Assert.Equal(films.Keys.Order(), entries.Select(entry => entry.File).Order());
        Assert.All(entries, entry => Assert.Equal((24, 20), (entry.Width, entry.Height)));

        var packed = await host.WithRegistryAsync(async registry => await registry.PackedDatasets.FindAsync([completed.Version.Digest, PreprocessingSpec.Default.Hash(), 0], Token));
        var npz = await host.Http.GetByteArrayAsync($"/api/blobs/{packed!.BlobDigest}", Token);
        Assert.True(npz.Length > 30 * 256 * 256, "the tensors hold a byte a pixel");
        Assert.Empty(Directory.GetFiles(Path.Combine(host.Data, "scratch")));
    }

    [Fact]
    public async Task Same_films_again_make_no_version_and_one_more_film_does()
    {
        await using var host = await RegistryHost.StartAsync();
        var films = Films.Some(10);
        var first = await host.PushCompletedAsync("chest", films);

        var again = await host.PushCompletedAsync("chest", films);
        Assert.False(again.Created);
        Assert.Equal(first.Version.Reference, again.Version.Reference);

        films["NORMAL/IM-0900-0001.jpeg"] = Films.Jpeg(900);
        var grown = await host.PushCompletedAsync("chest", films);
        Assert.True(grown.Created);
        Assert.Equal(("chest@2", 31), (grown.Version.Reference, grown.Version.Images));
    }

    [Fact]
    public async Task References_name_versions_by_name_number_and_digest()
    {
        await using var host = await RegistryHost.StartAsync();
        var first = await host.PushCompletedAsync("chest", Films.Some(10));
        var second = await host.PushCompletedAsync("chest", Films.Some(11));

        foreach (var (reference, number) in (IEnumerable<(string, int)>)
            [("chest", 2), ("chest@latest", 2), ("chest@1", 1), ($"chest@sha256:{first.Version.Digest}", 1), ($"chest@sha256:{second.Version.Digest}", 2)])
        {
            Assert.Equal(number, (await host.GetAsync<DatasetVersionResponse>($"/api/datasets/{reference}")).Number);
        }
    }

    [Fact]
    public async Task Strict_push_with_a_film_that_cannot_be_taken_makes_no_version()
    {
        await using var host = await RegistryHost.StartAsync();
        var films = Films.Some(10);
        films["PNEUMONIA/person950_virus_1.jpeg"] = films["NORMAL/IM-0003-0001.jpeg"];

        var refused = Assert.IsType<PushRefused>((await host.PushAsync("chest", films, strict: true))[^1]);

        Assert.Equal(["NORMAL/IM-0003-0001.jpeg", "PNEUMONIA/person950_virus_1.jpeg"], refused.Rejected.Select(film => film.File).Order());
        Assert.Empty((await host.GetAsync<Page<DatasetVersionResponse>>("/api/datasets")).Items);
    }

    [Fact]
    public async Task Exact_duplicates_are_kept_once_and_reported()
    {
        await using var host = await RegistryHost.StartAsync();
        var films = Films.Some(10);
        films["NORMAL/IM-0950-0001.jpeg"] = films["NORMAL/IM-0003-0001.jpeg"];

        var completed = await host.PushCompletedAsync("chest", films);

        Assert.Equal(30, completed.Version.Images);
        Assert.Equal(new DuplicateFilm("NORMAL/IM-0950-0001.jpeg", "NORMAL/IM-0003-0001.jpeg"), Assert.Single(completed.Duplicates));
    }

    [Fact]
    public async Task Same_image_under_two_labels_is_kept_under_neither()
    {
        await using var host = await RegistryHost.StartAsync();
        var films = Films.Some(10);
        films["PNEUMONIA/person950_virus_1.jpeg"] = films["NORMAL/IM-0003-0001.jpeg"];

        var completed = await host.PushCompletedAsync("chest", films);

        Assert.Equal(29, completed.Version.Images);
        Assert.Equal(["NORMAL/IM-0003-0001.jpeg", "PNEUMONIA/person950_virus_1.jpeg"], completed.Rejected.Select(film => film.File).Order());
        Assert.Contains(completed.Rejected, film => film.Reason.Contains("person950_virus_1.jpeg", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Push_that_leaves_a_split_empty_is_refused_with_the_reason()
    {
        await using var host = await RegistryHost.StartAsync();

        var refused = Assert.IsType<PushRefused>((await host.PushAsync("chest", Films.Some(1)))[^1]);

        Assert.Contains("no film would be left", refused.Reason, StringComparison.Ordinal);
        await RegistryHost.ProblemAsync(HttpStatusCode.NotFound, host.Http.GetAsync("/api/datasets/chest", Token));
    }

    [Fact]
    public async Task Push_of_films_that_were_not_uploaded_names_them()
    {
        await using var host = await RegistryHost.StartAsync();
        var films = Films.Some(2);
        await host.UploadAsync(films.Values.Skip(2));

        using var response = await host.PostAsync("/api/datasets/chest/versions", Films.Request(films));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        var missing = JsonNode.Parse(await response.Content.ReadAsStringAsync(Token))!["missing"]!.AsArray().Select(digest => (string)digest!);
        Assert.Equal(films.Values.Take(2).Select(film => Digest.Of(film)).Order(), missing.Order());
    }

    [Fact]
    public async Task Push_that_makes_no_sense_is_told_all_that_is_wrong()
    {
        await using var host = await RegistryHost.StartAsync();
        var film = new PushedFilm("../a.jpeg", "nothing", ImageLabel.Normal, "");

        var detail = await RegistryHost.ProblemAsync(HttpStatusCode.UnprocessableEntity, host.PostAsync(
            "/api/datasets/Chest!/versions",
            new PushRequest([film, null!], new SplitRule { Train = 2 })
            {
                FreezeTest = "Not a version",
                Remove = [new FilmFilter()],
                Labels = [new LabelCorrection(ImageLabel.Virus, Digest: film.Digest)],
                Rejected = [new RejectedFilm("a", new string('r', 5000))],
                Note = new string('n', 1025),
            }));

        Assert.All(
            (string[])["Chest!", "split:", "freezeTest", "remove: ", "remove 0", "labels:", "note:", "rejected:", "film 0 '../a.jpeg': 'file'", "SHA-256", "'patient'", "film 1 is null"],
            part => Assert.Contains(part, detail, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pushes_of_the_same_films_at_once_make_one_version()
    {
        await using var host = await RegistryHost.StartAsync();
        var films = Films.Some(10);
        await host.UploadAsync(films.Values);

        var completed = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => host.PushCompletedAsync("chest", films)));

        Assert.Single(completed, push => push.Created);
        Assert.All(completed, push => Assert.Equal("chest@1", push.Version.Reference));
    }

    [Fact]
    public async Task Datasets_are_listed_by_name_a_page_at_a_time()
    {
        await using var host = await RegistryHost.StartAsync();
        foreach (var name in (string[])["b", "c", "a"]) await host.PushCompletedAsync(name, Films.Some(10));

        var first = await host.GetAsync<Page<DatasetVersionResponse>>("/api/datasets?limit=2");
        var second = await host.GetAsync<Page<DatasetVersionResponse>>($"/api/datasets?limit=2&after={first.Next}");

        Assert.Equal(["a", "b"], first.Items.Select(dataset => dataset.Name));
        Assert.Equal(["c"], second.Items.Select(dataset => dataset.Name));
        Assert.Null(second.Next);
    }
}
