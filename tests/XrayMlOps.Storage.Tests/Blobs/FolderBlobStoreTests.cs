using System.Text;
using CsCheck;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Storage.Blobs;

namespace XrayMlOps.Storage.Tests.Blobs;

public sealed class FolderBlobStoreTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("xray-blobs-");
    private readonly FolderBlobStore _blobs;

    public FolderBlobStoreTests() => _blobs = new FolderBlobStore(_folder.FullName);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Blob_that_was_put_reads_back_the_same() => Gen.Byte.Array[0, 300_000].Sample(content =>
    {
        var digest = _blobs.PutAsync(new MemoryStream(content), Digest.Of(content), CancellationToken.None).GetAwaiter().GetResult();
        using var read = _blobs.OpenReadAsync(digest, CancellationToken.None).GetAwaiter().GetResult();
        var copy = new byte[read.Length];
        read.ReadExactly(copy);
        return digest == Digest.Of(content) && copy.AsSpan().SequenceEqual(content) && read.CanSeek;
    }, iter: 50);

    [Fact]
    public async Task Content_that_is_not_what_was_announced_is_not_stored()
    {
        var announced = Digest.Of("announced"u8);

        await Assert.ThrowsAsync<BlobDigestMismatchException>(() => _blobs.PutAsync(Content("other"), announced, Token));

        Assert.False(await _blobs.ExistsAsync(announced, Token));
        Assert.Empty(FilesLeft());
    }

    [Fact]
    public async Task Writers_of_the_same_content_at_once_store_it_once()
    {
        var content = new byte[1 << 20];
        new Random(1).NextBytes(content);

        var digests = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => _blobs.PutAsync(new MemoryStream(content), null, Token))));

        Assert.Equal(Digest.Of(content), Assert.Single(digests.Distinct()));
        Assert.Single(FilesLeft());
        await using var read = await _blobs.OpenReadAsync(digests[0], Token);
        Assert.Equal(digests[0], await Digest.OfAsync(read, Token));
    }

    [Fact]
    public async Task Upload_that_breaks_off_leaves_nothing()
    {
        await Assert.ThrowsAsync<IOException>(() => _blobs.PutAsync(new BreakingStream(), null, Token));

        Assert.Empty(FilesLeft());
    }

    [Fact]
    public async Task Listing_names_every_blob_and_no_leftover()
    {
        var digest = await _blobs.PutAsync(Content("film"), null, Token);
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "incoming", "left-by-a-crash"), "half", Token);

        List<string> listed = [];
        await foreach (var blob in _blobs.ListAsync(Token)) listed.Add(blob.Digest);

        Assert.Equal([digest], listed);
    }

    [Fact]
    public async Task Deleted_blob_is_gone_and_says_so()
    {
        var digest = await _blobs.PutAsync(Content("film"), null, Token);

        Assert.True(await _blobs.DeleteAsync(digest, Token));
        Assert.False(await _blobs.DeleteAsync(digest, Token));
        var missing = await Assert.ThrowsAsync<BlobNotFoundException>(() => _blobs.OpenReadAsync(digest, Token));
        Assert.Equal(digest, missing.BlobDigest);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("")]
    [InlineData("ABCDEF")]
    public async Task Name_that_is_no_digest_is_refused(string name)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => _blobs.ExistsAsync(name, Token));
        await Assert.ThrowsAsync<ArgumentException>(() => _blobs.OpenReadAsync(name, Token));
        await Assert.ThrowsAsync<ArgumentException>(() => _blobs.PutAsync(Content("film"), name, Token));
    }

    private static MemoryStream Content(string text) => new(Encoding.UTF8.GetBytes(text));

    private string[] FilesLeft() => Directory.GetFiles(_folder.FullName, "*", SearchOption.AllDirectories);

    private sealed class BreakingStream : MemoryStream
    {
        private bool _begun;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_begun) throw new IOException("the line broke");
            _begun = true;
            return ValueTask.FromResult(buffer.Length);
        }
    }
}
