using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using XrayMlOps.ControlPlane.Films;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Storage;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.ControlPlane.Tests.Intake;

public sealed class FilmEndpointsTests
{
    private static CancellationToken Token => RegistryHost.Token;

    [Fact]
    public async Task Good_film_is_stored_once_with_its_facts()
    {
        await using var host = await RegistryHost.StartAsync();
        var film = Films.Jpeg(1);
        var digest = Digest.Of(film);

        Assert.Equal([digest], await host.MissingAsync([digest]));
        using var created = await host.PutFilmAsync(digest, film);
        using var repeated = await host.PutFilmAsync(digest, film);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (created.StatusCode, repeated.StatusCode));
        Assert.Empty(await host.MissingAsync([digest]));
        Assert.Equal(film, await host.Http.GetByteArrayAsync($"/api/blobs/{digest}", Token));
        var image = await host.WithRegistryAsync(registry => registry.Images.SingleAsync(Token));
        Assert.Equal((digest, film.Length, 24, 20, "jpeg"), (image.Digest, image.Bytes, image.Width, image.Height, image.Format));
        Assert.Equal(FilmFacts.ThumbnailSide * FilmFacts.ThumbnailSide, image.Thumbnail.Length);
    }

    [Fact]
    public async Task Film_that_many_send_at_once_is_taken_from_all()
    {
        await using var host = await RegistryHost.StartAsync();
        byte[][] films = [.. Enumerable.Range(0, 8).Select(Films.Jpeg)];

        var responses = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => host.PutFilmAsync(Digest.Of(films[i % 8]), films[i % 8])));

        Assert.All(responses, response => Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}"));
        Assert.Equal(8, await host.WithRegistryAsync(registry => registry.Images.CountAsync(Token)));
        foreach (var response in responses) response.Dispose();
    }

    [Fact]
    public async Task Film_lost_from_the_store_is_found_missing_on_a_second_look_and_healed()
    {
        await using var host = await RegistryHost.StartAsync();
        byte[][] films = [Films.Jpeg(1), Films.Jpeg(2)];
        string[] digests = [.. films.Select(film => Digest.Of(film))];
        await host.UploadAsync(films);
        Assert.True(await host.Blobs.DeleteAsync(digests[1], Token));

        Assert.Empty(await host.MissingAsync(digests));
        Assert.Equal([digests[1]], await host.MissingAsync(digests, verify: true));
        using var healed = await host.PutFilmAsync(digests[1], films[1]);

        Assert.Equal(HttpStatusCode.Created, healed.StatusCode);
        Assert.Empty(await host.MissingAsync(digests, verify: true));
    }

    [Fact]
    public async Task Film_whose_sender_hangs_up_is_known_when_its_request_ends_or_never()
    {
        await using var host = await RegistryHost.StartAsync();
        var (intake, ledger) = (host.Services.GetRequiredService<FilmIntake>(), host.Services.GetRequiredService<FilmLedger>());
        byte[][] films = [.. Enumerable.Range(0, 8).Select(Films.Jpeg)];
        await host.MissingAsync(films.Select(film => Digest.Of(film))); // pins them
        using var gone = new CancellationTokenSource();
        var requests = await host.WithRegistryAsync(async registry =>
        {
            await using var alone = await registry.BeginAloneAsync(Token);
            var taken = films.Select(film => Task.Run(() => intake.TakeAsync(Digest.Of(film), new MemoryStream(film), film.Length, gone.Token), Token)).ToArray();
            while (await host.Blobs.ListAsync(Token).CountAsync(Token) < films.Length) await Task.Delay(10, Token);
            await gone.CancelAsync(); // all are stored and wait to be registered
            return taken;
        });
        foreach (var request in requests) await ((Task)request).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

        var known = await host.WithRegistryAsync(registry => registry.Images.CountAsync(Token));
        await ledger.PinAsync(new string('a', 64));

        Assert.Equal(known, await host.WithRegistryAsync(registry => registry.Images.CountAsync(Token)));
    }

    [Fact]
    public async Task Content_damaged_on_the_way_is_refused()
    {
        await using var host = await RegistryHost.StartAsync();

        var reason = await RefusedAsync(host, Films.Jpeg(1), Digest.Of(Films.Jpeg(2)));

        Assert.Contains("SHA-256", reason, StringComparison.Ordinal);
        await AssertEmptyAsync(host);
    }

    [Fact]
    public async Task File_above_the_limit_is_refused_before_it_is_sent()
    {
        await using var host = await RegistryHost.StartAsync();
        var content = new byte[(64 << 20) + 1];
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/films/{Digest.Of(content)}") { Content = new ByteArrayContent(content) };
        request.Headers.ExpectContinue = true;
        // By default a client waits for a second only before it sends all the same.
        using var patient = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) }) { BaseAddress = host.Http.BaseAddress }.WithTestKey();

        await RegistryHost.ProblemAsync(HttpStatusCode.RequestEntityTooLarge, patient.SendAsync(request, Token));

        await AssertEmptyAsync(host);
    }

    [Theory]
    [InlineData("Content-Length: 400\r\n\r\n", "")] // ends before it was announced to
    [InlineData("Transfer-Encoding: chunked\r\n\r\n10\r\n", "")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nmany\r\n", "\r\n")]
    public async Task Body_that_breaks_off_stores_nothing(string before, string after)
    {
        await using var host = await RegistryHost.StartAsync();
        var film = Films.Jpeg(1)[..300];
        using var client = new TcpClient();
        await client.ConnectAsync(host.Http.BaseAddress!.Host, host.Http.BaseAddress.Port, Token);
        await using var stream = client.GetStream();
        var head = $"PUT /api/films/{Digest.Of(film)} HTTP/1.1\r\nHost: x\r\nX-API-Key: {TestKey.Text}\r\nContent-Type: application/octet-stream\r\n{before}";
        await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. film, .. Encoding.ASCII.GetBytes(after)], Token);
        client.Client.Shutdown(SocketShutdown.Send);

        // Who has hung up may be told no more; if anything, then that the request was bad.
        using var answer = new StreamReader(stream);
        if (await answer.ReadLineAsync(Token) is { } line) Assert.StartsWith("HTTP/1.1 400", line, StringComparison.Ordinal);
        await AssertEmptyAsync(host);
    }

    [Fact]
    public async Task Bytes_beyond_the_announced_ones_are_no_part_of_the_film()
    {
        await using var host = await RegistryHost.StartAsync();
        var film = Films.Jpeg(1);
        using var client = new TcpClient();
        await client.ConnectAsync(host.Http.BaseAddress!.Host, host.Http.BaseAddress.Port, Token);
        await using var stream = client.GetStream();
        var head = $"PUT /api/films/{Digest.Of(film)} HTTP/1.1\r\nHost: x\r\nX-API-Key: {TestKey.Text}\r\nContent-Type: application/octet-stream\r\nContent-Length: {film.Length - 1}\r\n\r\n";
        await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. film], Token);

        using var answer = new StreamReader(stream);
        Assert.StartsWith("HTTP/1.1 422", await answer.ReadLineAsync(Token), StringComparison.Ordinal);
        await AssertEmptyAsync(host);
    }

    [Fact]
    public async Task Malformed_films_are_each_refused_with_a_reason_and_nothing_is_stored()
    {
        await using var host = await RegistryHost.StartAsync();
        List<string> taken = [];
        foreach (var (name, content) in MalformedFilms.All())
        {
            using var response = await host.PutFilmAsync(Digest.Of(content), content);
            var problem = response.StatusCode == HttpStatusCode.UnprocessableEntity ? (await response.Content.ReadFromJsonAsync<ProblemDetails>(Token))?.Detail : null;
            if (string.IsNullOrEmpty(problem)) taken.Add($"{name}: {response.StatusCode}");
        }

        Assert.Empty(taken);
        await AssertEmptyAsync(host);
    }

    [Fact]
    public async Task Too_many_digests_at_once_and_what_is_no_digest_are_refused()
    {
        await using var host = await RegistryHost.StartAsync();

        await RegistryHost.ProblemAsync(
            HttpStatusCode.UnprocessableEntity, host.PostAsync("/api/films/missing", new MissingFilmsRequest([.. Enumerable.Repeat(new string('a', 64), 5001)])));
        await RegistryHost.ProblemAsync(HttpStatusCode.BadRequest, host.PostAsync("/api/films/missing", new MissingFilmsRequest(["A"])));
    }

    private static Task<string> RefusedAsync(RegistryHost host, byte[] content, string digest) =>
        RegistryHost.ProblemAsync(HttpStatusCode.UnprocessableEntity, host.PutFilmAsync(digest, content));

    private static async Task AssertEmptyAsync(RegistryHost host)
    {
        Assert.Equal(0, await host.WithRegistryAsync(registry => registry.Images.CountAsync(Token)));
        Assert.Empty(await host.Blobs.ListAsync(Token).ToListAsync(Token));
        var scratch = new DirectoryInfo(Path.Combine(host.Data, "scratch"));
        Assert.Empty(scratch.Exists ? scratch.GetFiles() : []);
    }
}
