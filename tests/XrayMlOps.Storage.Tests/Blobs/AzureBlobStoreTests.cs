using XrayMlOps.Core.Blobs;
using XrayMlOps.Storage.Blobs;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Storage.Tests.Blobs;

public sealed class AzureBlobStoreTests(SharedServers servers) : BlobStoreContract
{
    protected override async Task<IBlobStore> OpenAsync() =>
        BlobStores.Open($"{(await servers.AzuriteAsync()).ConnectionString};ContainerName=test-{Guid.NewGuid():N}");

    [Fact]
    public async Task Blobs_that_are_not_ours_are_not_listed()
    {
        var azurite = await servers.AzuriteAsync();
        var container = new Azure.Storage.Blobs.BlobContainerClient(azurite.ConnectionString, "shared-with-others", AzureBlobStore.Options());
        await container.CreateAsync(cancellationToken: Token);
        await container.UploadBlobAsync("readme.txt", Content("other"), Token);
        await container.UploadBlobAsync($"zz/{new string('z', 64)}", Content("other"), Token);
        var store = new AzureBlobStore(container);

        var digest = await store.PutAsync(Content("film"), null, Token);

        Assert.Equal([new StoredBlob(digest, 4)], await store.ListAsync(Token).ToListAsync(Token));
    }
}
