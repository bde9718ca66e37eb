using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Storage.Tests;

public abstract class RegistrySchemaTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("xray-schema-");

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected string Folder => _folder.FullName;

    /// <summary>The connection string of an empty database.</summary>
    protected abstract Task<string> CreateDatabaseAsync();

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Hosts_that_start_together_apply_each_migration_once()
    {
        var connectionString = await CreateDatabaseAsync();

        var applied = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            using RegistryDatabase database = new(connectionString);
            return await RegistrySchema.UpdateAllAsync(database, Token);
        }, Token)));

        using RegistryDatabase database = new(connectionString);
        await using var registry = database.CreateDbContext();
        Assert.Equal(registry.Database.GetMigrations(), await registry.Database.GetAppliedMigrationsAsync(Token));
        Assert.Equal(registry.Database.GetMigrations(), Assert.Single(applied, some => some.Count > 0));
    }

    [Fact]
    public async Task Host_does_not_start_on_a_database_of_a_newer_build_and_says_why()
    {
        const string later = "29990101000000_Later";
        var connectionString = await CreateDatabaseAsync();
        using RegistryDatabase database = new(connectionString);
        await RegistrySchema.UpdateAsync(database, Token);
        await using var registry = database.CreateDbContext();
        await registry.Database.ExecuteSqlAsync($"""INSERT INTO "__EFMigrationsHistory" VALUES ({later}, '99')""", Token);

        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration["ConnectionStrings:registry"] = connectionString;
        builder.Configuration["ConnectionStrings:blobs"] = Path.Combine(Folder, "blobs");
        using var host = builder.AddRegistryStorage().Build();
        var problem = await Assert.ThrowsAsync<RegistryTooNewException>(() => host.StartAsync(Token));

        Assert.Contains($"holds the migration {later}", problem.Message, StringComparison.Ordinal);
        Assert.Contains($"the database is at {later}, this build at {registry.Database.GetMigrations().Last()}", problem.Message, StringComparison.Ordinal);
    }
}

public sealed class RegistrySchemaOnSqliteTests : RegistrySchemaTests
{
    [Fact]
    public async Task Host_that_was_killed_while_it_migrated_keeps_no_other_from_migrating()
    {
        using RegistryDatabase database = new(await CreateDatabaseAsync());
        await using (var killed = database.CreateDbContext())
        {
            // What Entity Framework leaves behind.
            await killed.Database.ExecuteSqlRawAsync(
                """
                CREATE TABLE "__EFMigrationsLock" ("Id" INTEGER NOT NULL CONSTRAINT "PK___EFMigrationsLock" PRIMARY KEY, "Timestamp" TEXT NOT NULL);
                INSERT INTO "__EFMigrationsLock" VALUES (1, '2026-01-01')
                """, Token);
        }

        var applied = await RegistrySchema.UpdateAsync(database, Token).WaitAsync(TimeSpan.FromMinutes(1), Token);

        await using var registry = database.CreateDbContext();
        Assert.Equal(registry.Database.GetMigrations(), applied);
    }

    [Fact]
    public void Databases_of_both_kinds_end_with_migrations_of_the_same_name()
    {
        using RegistryDatabase sqlite = new("Data Source=:memory:"), postgres = new("Host=none");
        using RegistryDbContext one = sqlite.CreateDbContext(), other = postgres.CreateDbContext();

        Assert.Equal(RegistrySchema.LatestOf(one), RegistrySchema.LatestOf(other));
    }

    protected override Task<string> CreateDatabaseAsync() => Task.FromResult($"Data Source={Path.Combine(Folder, "registry.db")}");
}

public sealed class RegistrySchemaOnPostgresTests(SharedServers servers) : RegistrySchemaTests
{
    protected override async Task<string> CreateDatabaseAsync() => await (await servers.PostgresAsync()).CreateDatabaseAsync(Token);
}
