using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SkiaSharp;
using XrayMlOps.Core;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Datasets.Rules;

namespace XrayMlOps.ControlPlane.Tests;

/// <summary>Small grey films, each with content of its own, and pushing them.</summary>
internal static class Films
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static byte[] Jpeg(int seed)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(24, 20, SKColorType.Gray8, SKAlphaType.Opaque));
        new Random(seed).NextBytes(bitmap.GetPixelSpan());
        using var jpeg = bitmap.Encode(SKEncodedImageFormat.Jpeg, 80);
        return jpeg.ToArray();
    }

    /// <summary>As many films of each class, each of a patient of its own.</summary>
    public static Dictionary<string, byte[]> Some(int perClass, int seed = 0)
    {
        Dictionary<string, byte[]> films = [];
        for (var i = 0; i < perClass; i++)
        {
            films[$"NORMAL/IM-{seed + i:0000}-0001.jpeg"] = Jpeg(3 * (seed + i));
            films[$"PNEUMONIA/person{2 * (seed + i)}_bacteria_1.jpeg"] = Jpeg(3 * (seed + i) + 1);
            films[$"PNEUMONIA/person{2 * (seed + i) + 1}_virus_1.jpeg"] = Jpeg(3 * (seed + i) + 2);
        }
        return films;
    }

    public static PushedFilm Describe(string file, byte[] content)
    {
        var reading = new NameRule(new FilmRuleOptions()).Read(new FilmOrigin(file));
        return new PushedFilm(file, Digest.Of(content), reading.Label, reading.Patient ?? file);
    }

    public static PushRequest Request(IReadOnlyDictionary<string, byte[]> films, bool strict = false) =>
        new([.. films.Select(film => Describe(film.Key, film.Value))], Strict: strict);

    /// <summary>Uploads what the host lacks, as the command line does, and pushes what it took. Answers every line.</summary>
    public static async Task<IReadOnlyList<PushEvent>> PushAsync(this RegistryHost host, string name, IReadOnlyDictionary<string, byte[]> films, bool strict = false)
    {
        await host.UploadAsync(films.Values);
        return await host.PushAsync(name, Request(films, strict));
    }

    public static async Task<PushCompleted> PushCompletedAsync(this RegistryHost host, string name, IReadOnlyDictionary<string, byte[]> films) =>
        Assert.IsType<PushCompleted>((await host.PushAsync(name, films))[^1]);

    /// <summary>Uploads what the host lacks and makes the version asked for.</summary>
    public static async Task<PushCompleted> PushCompletedAsync(this RegistryHost host, string name, PushRequest request, IReadOnlyDictionary<string, byte[]>? films = null)
    {
        if (films is not null) await host.UploadAsync(films.Values);
        return Assert.IsType<PushCompleted>((await host.PushAsync(name, request))[^1]);
    }

    public static async Task<IReadOnlyList<PushEvent>> PushAsync(this RegistryHost host, string name, PushRequest request)
    {
        using var response = await host.PostAsync($"/api/datasets/{name}/versions", request);
        var text = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        Assert.Equal("application/x-ndjson", response.Content.Headers.ContentType?.MediaType);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<PushEvent>(line, XrayJson.Compact)!)];
    }

    public static HttpRequestMessage PushRequest(this RegistryHost host, string name, PushRequest request) =>
        new(HttpMethod.Post, new Uri(host.Http.BaseAddress!, $"/api/datasets/{name}/versions")) { Content = JsonContent.Create(request, options: XrayJson.Compact) };

    public static Task<CollectResponse> CollectAsync(this RegistryHost host, bool dryRun = false) =>
        host.PostAsync<CollectRequest, CollectResponse>("/api/blobs/collect", new CollectRequest(dryRun), HttpStatusCode.OK);

    /// <summary>As if the time that pushes may take were over.</summary>
    public static Task<int> ForgetPinsAsync(this RegistryHost host) => host.WithRegistryAsync(registry => registry.BlobPins.ExecuteDeleteAsync(Token));

    public static async Task UploadAsync(this RegistryHost host, IEnumerable<byte[]> contents)
    {
        var byDigest = contents.DistinctBy(content => Digest.Of(content)).ToDictionary(content => Digest.Of(content));
        foreach (var digest in await host.MissingAsync(byDigest.Keys))
        {
            using var response = await host.PutFilmAsync(digest, byDigest[digest]);
            Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        }
    }

    public static async Task<IReadOnlyList<string>> MissingAsync(this RegistryHost host, IEnumerable<string> digests, bool verify = false) =>
        (await host.PostAsync<MissingFilmsRequest, MissingFilmsResponse>("/api/films/missing", new MissingFilmsRequest([.. digests], verify), HttpStatusCode.OK)).Missing;

    public static Task<HttpResponseMessage> PutFilmAsync(this RegistryHost host, string digest, byte[] content)
    {
        var body = new ByteArrayContent(content) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
        return host.Http.PutAsync($"/api/films/{digest}", body, Token);
    }
}
