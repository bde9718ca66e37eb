using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Storage.Datasets;
using XrayMlOps.Storage.Models;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Storage.Tests;

public abstract class RegistryDbContextTests
{
    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract Task<TemporaryRegistry> CreateRegistryAsync();

    [Fact]
    public async Task Migrations_are_up_to_date_with_the_model()
    {
        await using var registry = await CreateRegistryAsync();
        await using var context = registry.Open();

        Assert.False(context.Database.HasPendingModelChanges());
        Assert.Empty(await context.Database.GetPendingMigrationsAsync(Token));
    }

    [Fact]
    public async Task Moments_are_ordered_whatever_their_offset()
    {
        await using var registry = await CreateRegistryAsync();
        await using var context = registry.Open();
        var noon = new DateTimeOffset(2026, 5, 5, 12, 0, 0, TimeSpan.Zero);
        context.Models.Add(new RegisteredModel { Name = "early", CreatedAt = noon.ToOffset(TimeSpan.FromHours(9)) });
        context.Models.Add(new RegisteredModel { Name = "late", CreatedAt = noon.AddMinutes(1).ToOffset(TimeSpan.FromHours(-9)) });
        await context.SaveChangesAsync(Token);

        var names = await context.Models.Where(model => model.CreatedAt >= noon).OrderByDescending(model => model.CreatedAt).Select(model => model.Name).ToListAsync(Token);

        Assert.Equal(["late", "early"], names);
    }

    [Fact]
    public async Task Ledger_refuses_to_change_or_remove_an_entry()
    {
        await using var registry = await CreateRegistryAsync();
        await using var context = registry.Open();
        var promotion = new Promotion { ModelName = "m", Alias = "champion", Version = 1, At = TemporaryRegistry.Start };
        context.Models.Add(new RegisteredModel { Name = "m", CreatedAt = TemporaryRegistry.Start });
        context.Promotions.Add(promotion);
        await context.SaveChangesAsync(Token);

        context.Entry(promotion).Property(entry => entry.Version).CurrentValue = 2;
        await Assert.ThrowsAsync<InvalidOperationException>(() => context.SaveChangesAsync(Token));
        context.Entry(promotion).State = EntityState.Deleted;
        Assert.Throws<InvalidOperationException>(() => context.SaveChanges());

        await using var fresh = registry.Open();
        Assert.Equal(1, (await fresh.Promotions.SingleAsync(Token)).Version);
    }
}

public sealed class RegistryDbContextOnSqliteTests : RegistryDbContextTests
{
    [Fact]
    public async Task Database_is_in_write_ahead_mode()
    {
        await using var registry = await CreateRegistryAsync();
        await using var context = registry.Open();

        var mode = await context.Database.SqlQueryRaw<string>("SELECT journal_mode AS Value FROM pragma_journal_mode").SingleAsync(Token);

        Assert.Equal("wal", mode);
    }

    [Fact]
    public async Task Registry_of_before_versions_had_a_base_keeps_its_versions_and_tensors()
    {
        var folder = Directory.CreateTempSubdirectory("xray-storage-");
        try
        {
            var database = new RegistryDatabase($"Data Source={Path.Combine(folder.FullName, "registry.db")};Pooling=False");
            await using var context = database.CreateDbContext();
            await context.GetService<IMigrator>().MigrateAsync("Initial", Token);
            await context.Database.ExecuteSqlRawAsync(
                """
                INSERT INTO Datasets (Name, CreatedAt) VALUES ('chest', 1);
                INSERT INTO DatasetVersions (DatasetName, Number, Digest, CreatedAt, Images, Patients, Bytes, Split, Counts) VALUES ('chest', 1, 'm', 1, 2, 2, 9, '{{}}', '[]');
                INSERT INTO Images (Digest, Bytes, Width, Height, Format) VALUES ('i', 9, 3, 3, 'jpeg');
                INSERT INTO PackedDatasets (ManifestDigest, PreprocessingHash, BlobDigest) VALUES ('m', 'p', 'b');
                """, Token);

            await context.Database.MigrateAsync(Token);

            Assert.Equal("chest@1", (await context.FindDatasetVersionAsync(new DatasetReference("chest"), Token))?.Reference);
            Assert.Equal(("b", 0), await context.PackedDatasets.Select(packed => new ValueTuple<string, int>(packed.BlobDigest, packed.Shard)).SingleAsync(Token));
            Assert.Empty(await context.Images.ToListAsync(Token)); // their facts are not known: they are sent again
            var orphan = "UPDATE DatasetVersions SET BaseId = 7";
            await Assert.ThrowsAsync<SqliteException>(() => context.Database.ExecuteSqlRawAsync(orphan, Token));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    protected override Task<TemporaryRegistry> CreateRegistryAsync() => TemporaryRegistry.OnSqliteAsync();
}

public sealed class RegistryDbContextOnPostgresTests(SharedServers servers) : RegistryDbContextTests
{
    protected override Task<TemporaryRegistry> CreateRegistryAsync() => TemporaryRegistry.OnPostgresAsync(servers);
}
