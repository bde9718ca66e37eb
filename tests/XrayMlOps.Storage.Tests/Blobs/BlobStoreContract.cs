using System.Text;
using CsCheck;
using XrayMlOps.Core.Blobs;

namespace XrayMlOps.Storage.Tests.Blobs;

/// <summary>What every blob store must do; each has a class that runs it, with a store of its own for each test.</summary>
public abstract class BlobStoreContract : IAsyncLifetime
{
    // Above the size that Azure takes in one request, and no multiple of it.
    private const int LargeBytes = (9 << 20) + 12_345;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected IBlobStore Blobs { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Blobs = await OpenAsync();

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>An empty store.</summary>
    protected abstract Task<IBlobStore> OpenAsync();

    [Fact]
    public Task Blob_that_was_put_reads_back_the_same() => Gen.Byte.Array[0, 300_000].SampleAsync(async content =>
    {
        var digest = await Blobs.PutAsync(new MemoryStream(content), Digest.Of(content), CancellationToken.None);
        await using var read = await Blobs.OpenReadAsync(digest, CancellationToken.None);
        var copy = new byte[read.Length];
        await read.ReadExactlyAsync(copy);
        return digest == Digest.Of(content) && copy.AsSpan().SequenceEqual(content) && read.CanSeek && read.ReadByte() == -1;
    }, iter: 40);

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Large_content_reads_back_the_same_whether_it_can_seek_and_is_announced_or_not(bool seeks, bool announced)
    {
        var content = Random(LargeBytes, seed: 1);
        await using var stream = seeks ? new MemoryStream(content) : new ForwardStream(content);

        var digest = await Blobs.PutAsync(stream, announced ? Digest.Of(content) : null, Token);

        Assert.Equal(Digest.Of(content), digest);
        await using var read = await Blobs.OpenReadAsync(digest, Token);
        Assert.Equal(content.Length, read.Length);
        Assert.Equal(digest, await Digest.OfAsync(read, Token));
    }

    [Theory]
    [InlineData(12)]
    [InlineData(LargeBytes)]
    public async Task Content_that_begins_within_a_stream_is_stored_from_there(int bytes)
    {
        var content = Random(bytes, seed: 2);
        await using var stream = new MemoryStream(content) { Position = 5 };

        Assert.Equal(Digest.Of(content.AsSpan(5)), await Blobs.PutAsync(stream, null, Token));
    }

    [Fact]
    public async Task Reading_may_jump_anywhere()
    {
        var content = Random(LargeBytes, seed: 3);
        await using var read = await Blobs.OpenReadAsync(await Blobs.PutAsync(new MemoryStream(content), null, Token), Token);

        Gen.Int[0, LargeBytes].Select(Gen.Int[0, 100_000]).Sample((position, count) =>
        {
            read.Position = position;
            var part = new byte[Math.Min(count, LargeBytes - position)];
            read.ReadExactly(part);
            return part.AsSpan().SequenceEqual(content.AsSpan(position, part.Length)) && read.Position == position + part.Length;
        }, iter: 60, threads: 1);

        Assert.Equal(LargeBytes - 7, read.Seek(-7, SeekOrigin.End));
        Assert.Equal(content[^7], read.ReadByte());
        Assert.Equal(LargeBytes - 4, read.Seek(2, SeekOrigin.Current));
        read.Position = LargeBytes + 1L;
        Assert.Equal(-1, read.ReadByte());
    }

    [Theory]
    [InlineData(12)]
    [InlineData(LargeBytes)]
    public async Task Content_that_is_not_what_was_announced_is_not_stored(int bytes)
    {
        var announced = Digest.Of("announced"u8);

        await Assert.ThrowsAsync<BlobDigestMismatchException>(() => Blobs.PutAsync(new MemoryStream(Random(bytes, seed: 4)), announced, Token));

        Assert.False(await Blobs.ExistsAsync(announced, Token));
        Assert.Empty(await ListAsync());
    }

    [Theory]
    [InlineData(100)]
    [InlineData(LargeBytes)]
    public async Task Writers_of_the_same_content_at_once_store_it_once(int bytes)
    {
        var content = Random(bytes, seed: 5);

        var digests = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => Blobs.PutAsync(new MemoryStream(content), null, Token))));

        Assert.Equal(Digest.Of(content), Assert.Single(digests.Distinct()));
        Assert.Equal([new StoredBlob(digests[0], bytes)], await ListAsync());
        await using var read = await Blobs.OpenReadAsync(digests[0], Token);
        Assert.Equal(digests[0], await Digest.OfAsync(read, Token));
    }

    [Fact]
    public async Task Writer_of_other_content_under_the_same_name_disturbs_nobody()
    {
        var content = Random(LargeBytes, seed: 6);
        var forged = Random(LargeBytes, seed: 7);

        var honest = Task.Run(() => Blobs.PutAsync(new MemoryStream(content), Digest.Of(content), Token), Token);
        await Assert.ThrowsAsync<BlobDigestMismatchException>(() => Blobs.PutAsync(new MemoryStream(forged), Digest.Of(content), Token));

        await using var read = await Blobs.OpenReadAsync(await honest, Token);
        Assert.Equal(Digest.Of(content), await Digest.OfAsync(read, Token));
    }

    [Fact]
    public async Task Blob_that_is_put_again_while_it_is_read_reads_on()
    {
        var content = Random(LargeBytes, seed: 8);
        await using var read = await Blobs.OpenReadAsync(await Blobs.PutAsync(new MemoryStream(content), null, Token), Token);

        await Blobs.PutAsync(new MemoryStream(content), null, Token);

        Assert.Equal(Digest.Of(content), await Digest.OfAsync(read, Token));
    }

    [Fact]
    public async Task Upload_that_breaks_off_or_is_cancelled_leaves_nothing()
    {
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Token);

        await Assert.ThrowsAsync<IOException>(() => Blobs.PutAsync(new BreakingStream(LargeBytes, () => throw new IOException("the line broke")), null, Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Blobs.PutAsync(new BreakingStream(LargeBytes, cancelled.Cancel), Digest.Of("announced"u8), cancelled.Token));

        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task Listing_names_every_blob_with_its_size()
    {
        List<StoredBlob> stored = [];
        for (var bytes = 0; bytes < 5; bytes++) stored.Add(new StoredBlob(await Blobs.PutAsync(new MemoryStream(Random(bytes, seed: 9)), null, Token), bytes));

        Assert.Equal(stored.OrderBy(blob => blob.Digest), (await ListAsync()).OrderBy(blob => blob.Digest));
    }

    [Fact]
    public async Task Store_that_nothing_was_put_into_is_empty()
    {
        var digest = Digest.Of("nothing"u8);

        Assert.Empty(await ListAsync());
        Assert.False(await Blobs.ExistsAsync(digest, Token));
        Assert.False(await Blobs.DeleteAsync(digest, Token));
        await Assert.ThrowsAsync<BlobNotFoundException>(() => Blobs.OpenReadAsync(digest, Token));
    }

    [Fact]
    public async Task Deleted_blob_is_gone_and_says_so_and_may_be_put_again()
    {
        var digest = await Blobs.PutAsync(Content("film"), null, Token);
        Assert.True(await Blobs.ExistsAsync(digest, Token));

        Assert.True(await Blobs.DeleteAsync(digest, Token));
        Assert.False(await Blobs.DeleteAsync(digest, Token));
        Assert.False(await Blobs.ExistsAsync(digest, Token));
        var missing = await Assert.ThrowsAsync<BlobNotFoundException>(() => Blobs.OpenReadAsync(digest, Token));
        Assert.Equal(digest, missing.BlobDigest);

        await Blobs.PutAsync(Content("film"), digest, Token);
        Assert.True(await Blobs.ExistsAsync(digest, Token));
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("")]
    [InlineData("ABCDEF")]
    public async Task Name_that_is_no_digest_is_refused(string name)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Blobs.ExistsAsync(name, Token));
        await Assert.ThrowsAsync<ArgumentException>(() => Blobs.OpenReadAsync(name, Token));
        await Assert.ThrowsAsync<ArgumentException>(() => Blobs.PutAsync(Content("film"), name, Token));
        await Assert.ThrowsAsync<ArgumentException>(() => Blobs.DeleteAsync(name, Token));
    }

    protected static MemoryStream Content(string text) => new(Encoding.UTF8.GetBytes(text));

    protected static byte[] Random(int bytes, int seed)
    {
        var content = new byte[bytes];
        new Random(seed).NextBytes(content);
        return content;
    }

    protected async Task<List<StoredBlob>> ListAsync()
    {
        List<StoredBlob> listed = [];
        await foreach (var blob in Blobs.ListAsync(Token)) listed.Add(blob);
        return listed;
    }

    private sealed class ForwardStream(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }
    }

    /// <summary>Gives most of its bytes, then does <paramref name="breaks"/>.</summary>
    private sealed class BreakingStream(int bytes, Action breaks) : MemoryStream(new byte[bytes])
    {
        public override bool CanSeek => false;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position > bytes * 2 / 3) breaks();
            cancellationToken.ThrowIfCancellationRequested();
            return base.ReadAsync(buffer[..Math.Min(buffer.Length, 100_000)], cancellationToken);
        }
    }
}
