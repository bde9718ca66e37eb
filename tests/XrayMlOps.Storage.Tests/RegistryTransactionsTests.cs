using Microsoft.EntityFrameworkCore;
using XrayMlOps.Storage.Models;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Storage.Tests;

public abstract class RegistryTransactionsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract Task<TemporaryRegistry> CreateRegistryAsync();

    [Fact]
    public async Task Transactions_that_are_alone_see_what_those_before_them_wrote()
    {
        await using var registry = await CreateRegistryAsync();

        // Each reads the count and writes a row named by it: two at once would read the same, and the second row would be refused.
        await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => Task.Run(async () =>
        {
            await using var context = registry.Open();
            await using var transaction = await context.BeginAloneAsync(Token);
            var count = await context.Models.CountAsync(Token);
            await Task.Yield();
            context.Models.Add(new RegisteredModel { Name = $"m{count}", CreatedAt = TemporaryRegistry.Start });
            await context.SaveChangesAsync(Token);
            await transaction.CommitAsync(Token);
        }, Token)));

        await using var fresh = registry.Open();
        Assert.Equal(24, await fresh.Models.CountAsync(Token));
    }

    [Fact]
    public async Task Transaction_that_is_alone_and_fails_leaves_nothing_and_lets_the_next_one_in()
    {
        await using var registry = await CreateRegistryAsync();
        await using (var failing = registry.Open())
        {
            await using var transaction = await failing.BeginAloneAsync(Token);
            failing.Models.Add(new RegisteredModel { Name = "half", CreatedAt = TemporaryRegistry.Start });
            await failing.SaveChangesAsync(Token);
        }

        await using var next = registry.Open();
        await using var alone = await next.BeginAloneAsync(Token);
        Assert.Empty(await next.Models.ToListAsync(Token));
    }
}

public sealed class RegistryTransactionsOnSqliteTests : RegistryTransactionsTests
{
    protected override Task<TemporaryRegistry> CreateRegistryAsync() => TemporaryRegistry.OnSqliteAsync();
}

public sealed class RegistryTransactionsOnPostgresTests(SharedServers servers) : RegistryTransactionsTests
{
    protected override Task<TemporaryRegistry> CreateRegistryAsync() => TemporaryRegistry.OnPostgresAsync(servers);
}
