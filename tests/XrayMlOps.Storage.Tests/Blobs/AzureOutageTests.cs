using XrayMlOps.Core.Blobs;
using XrayMlOps.Storage.Blobs;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Storage.Tests.Blobs;

public sealed class AzureOutageTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Server_that_goes_away_for_ten_seconds_fails_and_loses_nothing()
    {
        await using var azurite = await AzuriteServer.StartAsync(Token);
        var blobs = BlobStores.Open(azurite.ConnectionString);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var large = await blobs.PutAsync(new MemoryStream(Content(20 << 20)), null, Token);

        var writers = Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            List<string> written = [];
            for (var i = 0; !over.IsCancellationRequested; i++) written.Add(await blobs.PutAsync(new MemoryStream(Content(i % 10 == 0 ? 5 << 20 : 8_000, writer, i)), null, Token));
            return written;
        }, Token)).ToArray();
        var reader = Task.Run(async () =>
        {
            var times = 0;
            while (!over.IsCancellationRequested)
            {
                await using var read = await blobs.OpenReadAsync(large, Token);
                Assert.Equal(large, await Digest.OfAsync(read, Token));
                times++;
            }
            return times;
        }, Token);
        await Task.Delay(500, Token);
        await azurite.StopAsync();
        await Task.Delay(TimeSpan.FromSeconds(10), Token);
        await azurite.RestartAsync(Token);
        await Task.Delay(3_000, Token);
        await over.CancelAsync();

        Assert.NotEqual(0, await reader);
        foreach (var digest in (await Task.WhenAll(writers)).SelectMany(written => written))
        {
            await using var read = await blobs.OpenReadAsync(digest, Token);
            Assert.Equal(digest, await Digest.OfAsync(read, Token));
        }
    }

    [Fact]
    public async Task Server_that_does_not_come_back_is_named()
    {
        // Nobody listens there.
        var impatient = AzureBlobStore.Options();
        impatient.Retry.MaxRetries = 1;
        var blobs = new AzureBlobStore(new Azure.Storage.Blobs.BlobContainerClient(new Uri("http://127.0.0.1:9/account/films?sig=secret"), impatient));

        var problem = await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => blobs.ExistsAsync(Digest.Of("film"u8), Token));

        Assert.StartsWith("The blob store http://127.0.0.1:9/account/films does not answer: Connection refused", problem.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => blobs.OpenReadAsync(Digest.Of("film"u8), Token));
        await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => blobs.PutAsync(new MemoryStream(), null, Token));
        await Assert.ThrowsAsync<BlobStoreUnavailableException>(async () => await blobs.ListAsync(Token).AnyAsync(Token));
    }

    private static byte[] Content(int bytes, int writer = 0, int number = 0)
    {
        var content = new byte[bytes];
        new Random(1).NextBytes(content);
        BitConverter.TryWriteBytes(content, writer);
        BitConverter.TryWriteBytes(content.AsSpan(4), number);
        return content;
    }
}
