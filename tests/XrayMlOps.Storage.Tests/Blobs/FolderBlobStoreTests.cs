using XrayMlOps.Core.Blobs;
using XrayMlOps.Storage.Blobs;

namespace XrayMlOps.Storage.Tests.Blobs;

public sealed class FolderBlobStoreTests : BlobStoreContract
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("xray-blobs-");

    protected override Task<IBlobStore> OpenAsync() => Task.FromResult<IBlobStore>(new FolderBlobStore(_folder.FullName));

    public override ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return base.DisposeAsync();
    }

    [Fact]
    public async Task What_a_crash_left_is_not_listed()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "incoming", "left-by-a-crash"), "half", Token);

        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task Refused_content_leaves_no_file()
    {
        await Assert.ThrowsAsync<BlobDigestMismatchException>(() => Blobs.PutAsync(Content("other"), Digest.Of("announced"u8), Token));

        Assert.Empty(Directory.GetFiles(_folder.FullName, "*", SearchOption.AllDirectories));
    }
}
