using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Models;
using XrayMlOps.Core.Runs;
using XrayMlOps.Storage.Models;
using XrayMlOps.Storage.Runs;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Storage.Tests.Models;

public abstract class ModelRegistrationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract Task<TemporaryRegistry> CreateRegistryAsync();

    [Fact]
    public async Task Runs_registered_at_once_get_versions_without_gaps()
    {
        await using var registry = await CreateRegistryAsync();
        var runs = new int[6];
        for (var i = 0; i < runs.Length; i++) runs[i] = await AddModelRunAsync(registry);

        await Task.WhenAll(runs.Select(run => Task.Run(() => RegisterAsync(registry, run))));

        await using var context = registry.Open();
        Assert.Equal([1, 2, 3, 4, 5, 6], await context.ModelVersions.OrderBy(version => version.Version).Select(version => version.Version).ToListAsync(Token));
    }

    [Fact]
    public async Task Run_registered_again_is_the_version_it_was()
    {
        await using var registry = await CreateRegistryAsync();
        var run = await AddModelRunAsync(registry);

        var first = await RegisterAsync(registry, run);
        var second = await RegisterAsync(registry, run);

        Assert.Equal((first.Id, 1), (second.Id, second.Version));
    }

    [Fact]
    public async Task Promotion_moves_the_alias_and_remembers_where_it_was()
    {
        await using var registry = await CreateRegistryAsync();
        foreach (var run in (int[])[await AddModelRunAsync(registry), await AddModelRunAsync(registry)]) await RegisterAsync(registry, run);

        foreach (var number in (int[])[1, 2, 1])
        {
            await using var context = registry.Open();
            await using var transaction = await context.BeginAloneAsync(Token);
            var version = await context.ModelVersions.SingleAsync(row => row.Version == number, Token);
            await context.PromoteAsync(version, ModelReference.Champion, "a", "b", TemporaryRegistry.Start, Token);
            await context.SaveChangesAsync(Token);
            await transaction.CommitAsync(Token);
        }

        await using var fresh = registry.Open();
        Assert.Equal(1, (await fresh.ModelAliases.SingleAsync(Token)).Version);
        Assert.Equal([null, 1, 2], await fresh.Promotions.OrderBy(promotion => promotion.Id).Select(promotion => promotion.PreviousVersion).ToListAsync(Token));
    }

    private static async Task<int> AddModelRunAsync(TemporaryRegistry registry)
    {
        var run = await registry.AddRunAsync();
        await using var context = registry.Open();
        context.RunArtifacts.Add(new RunArtifact { RunId = run, Name = TrainingOutputs.Model, Digest = new string('b', 64), Bytes = 5 });
        await context.SaveChangesAsync(Token);
        return run;
    }

    private static async Task<ModelVersion> RegisterAsync(TemporaryRegistry registry, int run)
    {
        await using var context = registry.Open();
        await using var transaction = await context.BeginAloneAsync(Token);
        var version = await context.RegisterModelAsync("m", run, TemporaryRegistry.Start, Token);
        await context.SaveChangesAsync(Token);
        await transaction.CommitAsync(Token);
        return version;
    }
}

public sealed class ModelRegistrationOnSqliteTests : ModelRegistrationTests
{
    protected override Task<TemporaryRegistry> CreateRegistryAsync() => TemporaryRegistry.OnSqliteAsync();
}

public sealed class ModelRegistrationOnPostgresTests(SharedServers servers) : ModelRegistrationTests
{
    protected override Task<TemporaryRegistry> CreateRegistryAsync() => TemporaryRegistry.OnPostgresAsync(servers);
}
