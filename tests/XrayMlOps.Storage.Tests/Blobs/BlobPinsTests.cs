using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Storage.Blobs;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Storage.Tests.Blobs;

public abstract class BlobPinsTests
{
    private static readonly DateTimeOffset s_until = TemporaryRegistry.Start;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract Task<TemporaryRegistry> CreateRegistryAsync();

    [Fact]
    public async Task Pin_keeps_the_later_moment()
    {
        await using var registry = await CreateRegistryAsync();
        await using var context = registry.Open();
        var digests = Digests(3);

        await context.PinBlobsAsync(digests[..2], s_until, Token);
        await context.PinBlobsAsync(digests[..1], s_until.AddHours(-1), Token);
        await context.PinBlobsAsync(digests[1..], s_until.AddHours(1), Token);

        var pins = await context.BlobPins.ToDictionaryAsync(pin => pin.Digest, pin => pin.Until, Token);
        Assert.Equal([s_until, s_until.AddHours(1), s_until.AddHours(1)], digests.Select(digest => pins[digest]));
    }

    [Fact]
    public async Task Pin_is_part_of_the_transaction_that_it_is_made_in()
    {
        await using var registry = await CreateRegistryAsync();
        await using (var context = registry.Open())
        {
            await using var transaction = await context.BeginAloneAsync(Token);
            await context.PinBlobsAsync(Digests(1), s_until, Token);
        }

        await using var fresh = registry.Open();
        Assert.Empty(await fresh.BlobPins.ToListAsync(Token));
    }

    [Fact]
    public async Task Many_may_pin_the_same_blobs_at_once_in_any_order()
    {
        await using var registry = await CreateRegistryAsync();
        var digests = Digests(12_000); // more than go in one statement

        await Task.WhenAll(Enumerable.Range(0, 4).Select(pinner => Task.Run(async () =>
        {
            var shuffled = digests.Concat(digests[..100]).ToArray();
            new Random(pinner).Shuffle(shuffled);
            await using var context = registry.Open();
            await context.PinBlobsAsync(shuffled, s_until.AddHours(pinner), Token);
        }, Token)));

        await using var fresh = registry.Open();
        Assert.Equal(digests.Length, await fresh.BlobPins.CountAsync(pin => pin.Until == s_until.AddHours(3), Token));
    }

    private static string[] Digests(int count) => [.. Enumerable.Range(0, count).Select(number => Digest.Of(BitConverter.GetBytes(number)))];
}

public sealed class BlobPinsOnSqliteTests : BlobPinsTests
{
    protected override Task<TemporaryRegistry> CreateRegistryAsync() => TemporaryRegistry.OnSqliteAsync();
}

public sealed class BlobPinsOnPostgresTests(SharedServers servers) : BlobPinsTests
{
    protected override Task<TemporaryRegistry> CreateRegistryAsync() => TemporaryRegistry.OnPostgresAsync(servers);
}
