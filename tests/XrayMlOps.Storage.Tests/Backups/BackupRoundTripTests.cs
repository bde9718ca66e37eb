using Microsoft.EntityFrameworkCore;
using XrayMlOps.Storage.Backups;
using XrayMlOps.Storage.Blobs;
using XrayMlOps.Storage.Datasets;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Storage.Tests.Backups;

public sealed class BackupRoundTripTests(SharedServers servers)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Registry_that_goes_to_the_other_kind_of_storage_and_back_is_the_same()
    {
        await using StoredRegistry first = StoredRegistry.Embedded(), last = StoredRegistry.Embedded();
        await using var cloud = await StoredRegistry.CloudAsync(servers);
        await first.FillAsync(modelBytes: 5_000_000); // more than Azure takes in one request

        var one = await BackUpAsync(first, "one.tar");
        await RestoreAsync(cloud, one);
        var two = await BackUpAsync(cloud, "two.tar");
        await RestoreAsync(last, two);
        var three = await BackUpAsync(last, "three.tar");

        var entries = await Archive.EntriesAsync(one);
        Assert.Equal(entries, await Archive.EntriesAsync(two)); // every table's rows, and every blob
        Assert.Equal(entries, await Archive.EntriesAsync(three));
        Assert.Equal(await first.StoredAsync(), await cloud.StoredAsync());
        Assert.Equal(await first.StoredAsync(), await last.StoredAsync());
        await using RegistryDbContext left = first.Database.CreateDbContext(), right = cloud.Database.CreateDbContext();
        Assert.Equivalent(await left.Promotions.AsNoTracking().ToListAsync(Token), await right.Promotions.AsNoTracking().ToListAsync(Token), strict: true);
        Assert.Equivalent(await left.Runs.AsNoTracking().OrderBy(run => run.Id).ToListAsync(Token), await right.Runs.AsNoTracking().OrderBy(run => run.Id).ToListAsync(Token), strict: true);
    }

    [Fact]
    public async Task Every_table_of_the_model_is_in_a_backup_and_filled_by_these_tests()
    {
        await using var registry = StoredRegistry.Embedded();
        await registry.FillAsync();

        var head = await RegistryRestore.VerifyAsync(await BackUpAsync(registry, "backup.tar"), progress: null, Token);

        await using var context = registry.Database.CreateDbContext();
        var tables = context.Model.GetEntityTypes().Where(type => type.ClrType != typeof(BlobPin)).Select(type => type.GetTableName());
        Assert.Equal(tables.Order(), head.Tables.Select(table => table.Name).Order());
        Assert.All(head.Tables, table => Assert.True(table.Rows > 0, $"{table.Name} has no rows: fill it in StoredRegistry"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Numbers_go_on_after_those_of_rows_that_were_deleted(bool toCloud)
    {
        await using var source = toCloud ? StoredRegistry.Embedded() : await StoredRegistry.CloudAsync(servers);
        await using var target = toCloud ? await StoredRegistry.CloudAsync(servers) : StoredRegistry.Embedded();
        await source.FillAsync();

        await RestoreAsync(target, await BackUpAsync(source, "backup.tar"));

        await using var registry = target.Database.CreateDbContext();
        var template = await registry.Runs.AsNoTracking().OrderBy(run => run.Id).LastAsync(Token);
        Assert.Equal(2, template.Id); // the third was deleted
        var run = new Storage.Runs.Run
        {
            DatasetVersionId = template.DatasetVersionId,
            Architecture = template.Architecture,
            ArchitectureName = "tiny",
            ArchitectureDigest = "d",
            Parameters = 1,
            Recipe = template.Recipe,
            CreatedAt = TemporaryRegistry.Start,
        };
        registry.Runs.Add(run);
        await registry.SaveChangesAsync(Token);
        Assert.Equal(4, run.Id);
    }

    [Fact]
    public async Task Tables_that_are_only_appended_to_are_restored()
    {
        await using StoredRegistry source = StoredRegistry.Embedded(), embedded = StoredRegistry.Embedded();
        await using var cloud = await StoredRegistry.CloudAsync(servers);
        await source.FillAsync();
        var backup = await BackUpAsync(source, "backup.tar");
        await embedded.UpdateAsync();
        await cloud.UpdateAsync();
        await ExecuteAsync(embedded, """CREATE TRIGGER "Ledger" BEFORE UPDATE ON "Promotions" BEGIN SELECT RAISE(ABORT, 'append only'); END""");
        await ExecuteAsync(cloud,
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'append only'; END $$;
            CREATE TRIGGER "Ledger" BEFORE UPDATE OR DELETE ON "Promotions" FOR EACH ROW EXECUTE FUNCTION refuse()
            """);

        foreach (var target in (StoredRegistry[])[embedded, cloud])
        {
            await RestoreAsync(target, backup);

            await using var registry = target.Database.CreateDbContext();
            Assert.Equal("ada", (await registry.Promotions.SingleAsync(Token)).By);
        }
    }

    [Fact]
    public async Task Blobs_that_a_backup_reads_are_not_collected_meanwhile()
    {
        await using var registry = StoredRegistry.Embedded();
        await registry.FillAsync();
        await using var context = registry.Database.CreateDbContext();
        await using var snapshot = await RegistrySnapshot.TakeAsync(registry.Database, registry.Blobs, TimeProvider.System, Path.GetTempPath(), Token);

        // All that names them goes.
        await context.ModelVersions.ExecuteDeleteAsync(Token);
        await context.RunArtifacts.ExecuteDeleteAsync(Token);
        await context.DatasetVersions.ExecuteUpdateAsync(set => set.SetProperty(version => version.DeletedAt, TemporaryRegistry.Start), Token);
        using BlobCollection collection = new(registry.Database, registry.Blobs, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<BlobCollection>.Instance);
        await collection.CollectAsync(dryRun: false, Token);

        Assert.NotEmpty(snapshot.Blobs);
        var stored = await registry.StoredAsync();
        Assert.All(snapshot.Blobs, blob => Assert.Contains($"{blob}", stored.Keys));
    }

    [Fact]
    public async Task What_is_written_after_the_moment_of_the_backup_is_not_in_it()
    {
        await using StoredRegistry source = StoredRegistry.Embedded(), target = StoredRegistry.Embedded();
        await source.FillAsync();
        await using var beside = source.Database.CreateDbContext();

        // The blobs are read once the moment has passed, and each is reported.
        var backup = source.File("backup.tar");
        await new RegistryBackup(source.Database, source.Blobs, TimeProvider.System).WriteAsync(backup, new Reports(_ =>
        {
            beside.Datasets.Add(new Dataset { Name = $"later-{Guid.NewGuid():N}", CreatedAt = TemporaryRegistry.Start });
            beside.SaveChanges();
        }), Token);
        await RestoreAsync(target, backup);

        await using var registry = target.Database.CreateDbContext();
        Assert.Equal("chest", (await registry.Datasets.SingleAsync(Token)).Name);
        Assert.True(await beside.Datasets.CountAsync(Token) > 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Backup_of_an_older_build_is_brought_up_to_date(bool toCloud)
    {
        await using var target = toCloud ? await StoredRegistry.CloudAsync(servers) : StoredRegistry.Embedded();
        RegistryTable datasets = new("Datasets", [new("Name", ColumnKind.Text), new("CreatedAt", ColumnKind.Integer)], ["Name"], null);
        var backup = target.File("older.tar");
        await Archive.WriteAsync(backup, new BackupHead(1, "Initial", TemporaryRegistry.Start, "test", "", [new("Datasets", 1)], 0, 0), datasets, """["chest",5]""");

        await RestoreAsync(target, backup);

        await using var registry = target.Database.CreateDbContext();
        Assert.Empty(await registry.Database.GetPendingMigrationsAsync(Token));
        Assert.Equal(("chest", 5L), (await registry.Datasets.Select(dataset => new ValueTuple<string, long>(dataset.Name, dataset.CreatedAt.UtcTicks)).SingleAsync(Token)));
    }

    private static async Task<string> BackUpAsync(StoredRegistry registry, string name)
    {
        var file = registry.File(name);
        await new RegistryBackup(registry.Database, registry.Blobs, TimeProvider.System).WriteAsync(file, progress: null, Token);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        return file;
    }

    private static Task<BackupHead> RestoreAsync(StoredRegistry registry, string backup) =>
        new RegistryRestore(registry.Database, registry.Blobs, TimeProvider.System).RestoreAsync(backup, progress: null, Token);

    private static async Task ExecuteAsync(StoredRegistry registry, string sql)
    {
        await using var context = registry.Database.CreateDbContext();
        await context.Database.ExecuteSqlRawAsync(sql, Token);
    }
}
