using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using XrayMlOps.ControlPlane.Tests.Models;
using XrayMlOps.Core;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Models;

namespace XrayMlOps.ControlPlane.Tests.Datasets;

public sealed class VersionEndpointsTests
{
    private static CancellationToken Token => RegistryHost.Token;

    [Fact]
    public async Task Versions_of_a_dataset_are_listed_newest_first_a_page_at_a_time()
    {
        await using var host = await RegistryHost.StartAsync();
        for (var films = 10; films < 13; films++) await host.PushCompletedAsync("chest", Films.Some(films));

        var first = await host.GetAsync<Page<DatasetVersionResponse>>("/api/datasets/chest/versions?limit=2");
        var second = await host.GetAsync<Page<DatasetVersionResponse>>($"/api/datasets/chest/versions?limit=2&after={first.Next}");

        Assert.Equal([3, 2], first.Items.Select(version => version.Number));
        Assert.Equal([1], second.Items.Select(version => version.Number));
        Assert.Null(second.Next);
        await RegistryHost.ProblemAsync(HttpStatusCode.NotFound, host.Http.GetAsync("/api/datasets/other/versions", Token));
    }

    [Fact]
    public async Task Version_that_a_client_has_is_not_sent_again_until_its_tags_change()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.PushCompletedAsync("chest", Films.Some(10));
        using var first = await host.Http.GetAsync("/api/datasets/chest", Token);

        Assert.Equal(HttpStatusCode.NotModified, await StatusAsync(host, "/api/datasets/chest", first.Headers.ETag!));
        await host.TagAsync("chest@1", "baseline");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, "/api/datasets/chest", first.Headers.ETag!));
    }

    [Fact]
    public async Task Manifest_is_named_by_its_digest_and_served_by_range()
    {
        await using var host = await RegistryHost.StartAsync();
        var version = (await host.PushCompletedAsync("chest", Films.Some(10))).Version;
        const string path = "/api/datasets/chest%401/manifest";

        using var whole = await host.Http.GetAsync(path, Token);
        Assert.Equal($"\"{version.Digest}\"", whole.Headers.ETag?.Tag);
        Assert.Contains("immutable", whole.Headers.CacheControl?.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotModified, await StatusAsync(host, path, whole.Headers.ETag!));
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Range = new RangeHeaderValue(0, 9) } };
        using var part = await host.Http.SendAsync(request, Token);
        Assert.Equal((await whole.Content.ReadAsByteArrayAsync(Token))[..10], await part.Content.ReadAsByteArrayAsync(Token));
        using var latest = await host.Http.GetAsync("/api/datasets/chest/manifest", Token);
        Assert.DoesNotContain("immutable", latest.Headers.CacheControl?.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Films_are_paged_by_digest_and_filtered()
    {
        await using var host = await RegistryHost.StartAsync();
        var films = Films.Some(10);
        await host.PushCompletedAsync("chest", films);

        List<ManifestEntry> all = [];
        for (string? after = "", next = null; after is not null; after = next)
        {
            var page = await host.GetAsync<Page<ManifestEntry>>($"/api/datasets/chest/films?limit=7&after={after}");
            Assert.InRange(page.Items.Count, 1, 7);
            all.AddRange(page.Items);
            next = page.Next;
        }

        Assert.Equal(films.Values.Select(film => Digest.Of(film)).Order(StringComparer.Ordinal), all.Select(film => film.Digest));
        Assert.Equal(all.Where(film => film.Label == ImageLabel.Virus), (await FilmsAsync("label=virus")).Items);
        Assert.Equal(all.Where(film => film.Split == Split.Test && film.Label == ImageLabel.Normal), (await FilmsAsync("split=test&label=normal")).Items);
        Assert.Equal(all[3], Assert.Single((await FilmsAsync($"patient={all[3].Patient}")).Items));
        foreach (var wrong in (string[])["limit=0", "limit=1001", "after=x", "label=7", "label=healthy", "split=some"])
            await RegistryHost.ProblemAsync(HttpStatusCode.BadRequest, host.Http.GetAsync($"/api/datasets/chest/films?{wrong}", Token));

        Task<Page<ManifestEntry>> FilmsAsync(string query) => host.GetAsync<Page<ManifestEntry>>($"/api/datasets/chest/films?{query}");
    }

    [Fact]
    public async Task Difference_counts_and_lists_what_changed()
    {
        await using var host = await RegistryHost.StartAsync();
        var films = Films.Some(10);
        await host.PushCompletedAsync("chest", films);
        var gone = Digest.Of(films["NORMAL/IM-0000-0001.jpeg"]);
        var relabelled = Digest.Of(films["NORMAL/IM-0001-0001.jpeg"]);
        var added = Films.Jpeg(900);
        await host.UploadAsync([added]);
        Assert.IsType<PushCompleted>((await host.PushAsync("chest", new PushRequest([Films.Describe("NORMAL/IM-0900-0001.jpeg", added)])
        {
            Base = "chest@1",
            Remove = [new FilmFilter { Digests = [gone[..8]] }],
            Labels = [new LabelCorrection(ImageLabel.Virus, Digest: relabelled)],
        }))[^1]);

        var diff = await host.GetAsync<DatasetDiff>("/api/datasets/chest%401/diff/chest%402");
        var lines = await host.Http.GetStringAsync("/api/datasets/chest%401/diff/chest%402/films", Token);

        Assert.Equal(("chest@1", "chest@2", 28), (diff.From, diff.To, diff.Unchanged));
        Assert.Equal((1, 1), (diff.Added.Sum(counts => counts.Total), diff.Removed.Sum(counts => counts.Total)));
        Assert.Equal([new RelabelledCount(ImageLabel.Normal, ImageLabel.Virus, 1)], diff.Relabelled);
        var changes = lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<FilmChange>(line, XrayJson.Compact)!).ToArray();
        Assert.Equal(
            new[] { gone, relabelled, Digest.Of(added) }.Order(StringComparer.Ordinal), changes.Select(change => (change.Before ?? change.After)!.Digest));
        Assert.Null(changes.Single(change => change.Before?.Digest == gone).After);
        await RegistryHost.ProblemAsync(HttpStatusCode.NotFound, host.Http.GetAsync("/api/datasets/chest%401/diff/chest%409", Token));
        await RegistryHost.ProblemAsync(HttpStatusCode.NotFound, host.Http.GetAsync("/api/datasets/chest%409/diff/chest%401/films", Token));
    }

    [Fact]
    public async Task Tag_names_a_version_moves_and_goes()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.PushCompletedAsync("chest", Films.Some(10));
        await host.PushCompletedAsync("chest", Films.Some(11));

        Assert.Equal(["baseline"], (await host.TagAsync("chest@1", "baseline")).Tags);
        Assert.Equal(1, (await host.GetAsync<DatasetVersionResponse>("/api/datasets/chest%40baseline")).Number);
        await host.TagAsync("chest", "baseline");
        Assert.Equal(2, (await host.GetAsync<DatasetVersionResponse>("/api/datasets/chest%40baseline")).Number);
        Assert.Empty((await host.GetAsync<DatasetVersionResponse>("/api/datasets/chest%401")).Tags);

        foreach (var wrong in (string[])["latest", "7", "Not this", ""])
            await RegistryHost.ProblemAsync(HttpStatusCode.UnprocessableEntity, host.PutAsync("/api/datasets/chest%401/tags", new TagRequest(wrong)));
        await RegistryHost.ProblemAsync(HttpStatusCode.NotFound, host.PutAsync("/api/datasets/chest%409/tags", new TagRequest("t")));
        using var removed = await host.Http.DeleteAsync("/api/datasets/chest/tags/baseline", Token);
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        await RegistryHost.ProblemAsync(HttpStatusCode.NotFound, host.Http.DeleteAsync("/api/datasets/chest/tags/baseline", Token));
        await RegistryHost.ProblemAsync(HttpStatusCode.NotFound, host.Http.GetAsync("/api/datasets/chest%40baseline", Token));
    }

    [Fact]
    public async Task Deleted_version_is_gone_with_its_reason_and_its_number_is_not_given_again()
    {
        await using var host = await RegistryHost.StartAsync();
        var version = (await host.PushCompletedAsync("chest", Films.Some(10))).Version;
        await host.TagAsync("chest@1", "baseline");

        await RegistryHost.ProblemAsync(HttpStatusCode.UnprocessableEntity, host.DeleteAsync("chest"));
        await RegistryHost.ProblemAsync(HttpStatusCode.UnprocessableEntity, host.DeleteAsync("chest@baseline"));
        await RegistryHost.ProblemAsync(HttpStatusCode.NotFound, host.DeleteAsync("chest@9"));
        using var deleted = await host.DeleteAsync("chest@1", new DeleteDatasetRequest(Reason: "wrong hospital", By: "an engineer"));
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);

        foreach (var path in (string[])["chest%401", $"chest%40sha256:{version.Digest}", "chest%401/manifest", "chest%401/films", "chest%401/lineage", "chest%401/diff/chest%401"])
        {
            var reason = await RegistryHost.ProblemAsync(HttpStatusCode.Gone, host.Http.GetAsync($"/api/datasets/{path}", Token));
            Assert.All((string[])["wrong hospital", "an engineer"], part => Assert.Contains(part, reason, StringComparison.Ordinal));
        }
        await RegistryHost.ProblemAsync(HttpStatusCode.Gone, host.DeleteAsync("chest@1"));
        await RegistryHost.ProblemAsync(HttpStatusCode.NotFound, host.Http.GetAsync("/api/datasets/chest%40baseline", Token));
        Assert.Empty((await host.GetAsync<Page<DatasetVersionResponse>>("/api/datasets")).Items);
        Assert.Equal("chest@2", (await host.PushCompletedAsync("chest", Films.Some(10))).Version.Reference);
    }

    [Fact]
    public async Task Version_that_runs_models_or_versions_need_is_deleted_only_by_force_with_a_reason()
    {
        await using var host = await RegistryHost.StartAsync();
        var run = await host.AddSucceededRunAsync();
        await host.PostAsync<RegisterModelRequest, ModelVersionResponse>(
            "/api/models/pneumonia/versions", new RegisterModelRequest(run), HttpStatusCode.Created);
        var films = Films.Some(11);
        Assert.Equal("chest@2", (await host.PushCompletedAsync("chest", Films.Request(films) with { FreezeTest = "chest@1" }, films)).Version.Reference);

        var lineage = await host.GetAsync<DatasetLineage>("/api/datasets/chest%401/lineage");
        Assert.Equal([run], lineage.Runs);
        Assert.Equal(["pneumonia:1"], lineage.Models);
        var refusal = await RegistryHost.ProblemAsync(HttpStatusCode.Conflict, host.DeleteAsync("chest@1"));
        Assert.All((string[])[$"run {run}", "pneumonia:1", "chest@2"], user => Assert.Contains(user, refusal, StringComparison.Ordinal));
        await RegistryHost.ProblemAsync(HttpStatusCode.UnprocessableEntity, host.DeleteAsync("chest@1", new DeleteDatasetRequest(Force: true)));
        using var forced = await host.DeleteAsync("chest@1", new DeleteDatasetRequest(Force: true, Reason: "consent was withdrawn"));
        Assert.Equal(HttpStatusCode.NoContent, forced.StatusCode);
    }

    private static async Task<HttpStatusCode> StatusAsync(RegistryHost host, string path, EntityTagHeaderValue held)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { IfNoneMatch = { held } } };
        using var response = await host.Http.SendAsync(request, Token);
        return response.StatusCode;
    }
}

internal static class VersionRequests
{
    public static async Task<DatasetVersionResponse> TagAsync(this RegistryHost host, string reference, string tag)
    {
        using var response = await host.PutAsync($"/api/datasets/{Uri.EscapeDataString(reference)}/tags", new TagRequest(tag));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<DatasetVersionResponse>(XrayJson.Compact, RegistryHost.Token))!;
    }

    public static Task<HttpResponseMessage> DeleteAsync(this RegistryHost host, string reference, DeleteDatasetRequest? request = null) =>
        host.Http.SendAsync(
            new HttpRequestMessage(HttpMethod.Delete, $"/api/datasets/{Uri.EscapeDataString(reference)}")
            {
                Content = request is null ? null : JsonContent.Create(request, options: XrayJson.Compact),
            }, RegistryHost.Token);
}
