using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Storage.Backups;
using XrayMlOps.Storage.Datasets;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Storage.Tests.Backups;

public sealed class BackupRefusalTests(SharedServers servers)
{
    private static readonly RegistryTable s_datasets = new("Datasets", [new("Name", ColumnKind.Text), new("CreatedAt", ColumnKind.Integer)], ["Name"], null);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Backup_that_is_cut_off_anywhere_is_refused_and_leaves_an_empty_registry()
    {
        await using StoredRegistry source = StoredRegistry.Embedded(), target = StoredRegistry.Embedded();
        await source.FillAsync();
        var whole = await BackUpAsync(source);
        var places = await Archive.PlacesAsync(whole);
        var length = new FileInfo(whole).Length;
        // In the head of each entry, at its first byte, in its middle and before its last; and in the middle of the file.
        long[] cuts = [0, 100, length / 2, .. places.SelectMany(place => (long[])[place.DataAt - 100, place.DataAt, place.DataAt + place.Bytes / 2, place.DataAt + place.Bytes - 1])];

        foreach (var cut in cuts)
        {
            var part = source.File("cut.tar");
            File.Copy(whole, part, overwrite: true);
            await using (var file = File.OpenWrite(part)) file.SetLength(cut);

            var refused = await Assert.ThrowsAsync<BackupRefusedException>(() => RegistryRestore.VerifyAsync(part, progress: null, Token));
            Assert.True(refused.IsArchive);
            if (places.LastOrDefault(place => place.DataAt <= cut && cut < place.DataAt + place.Bytes) is { Name: { } name })
                Assert.Contains(name, refused.Message, StringComparison.Ordinal);
        }
        File.Copy(whole, source.File("cut.tar"), overwrite: true);
        await using (var file = File.OpenWrite(source.File("cut.tar"))) file.SetLength(places[^1].DataAt - 1);
        await Assert.ThrowsAsync<BackupRefusedException>(() => RestoreAsync(target, source.File("cut.tar")));
        await AssertEmptyAsync(target);
        await RestoreAsync(target, whole); // and can be done again
    }

    [Fact]
    public async Task Backup_with_a_changed_bit_is_refused_with_the_name_of_the_entry()
    {
        await using var source = StoredRegistry.Embedded();
        await source.FillAsync();
        var whole = await BackUpAsync(source);

        foreach (var (name, dataAt, bytes) in await Archive.PlacesAsync(whole))
        {
            foreach (var at in new[] { 0, bytes / 2, bytes - 1 }.Where(at => at >= 0 && at < bytes).Distinct())
            {
                var damaged = await DamageAsync(source, whole, dataAt + at, bit: 0);

                var refused = await Assert.ThrowsAsync<BackupRefusedException>(() => RegistryRestore.VerifyAsync(damaged, progress: null, Token));
                Assert.True(refused.Message.Contains(name, StringComparison.Ordinal) || name == BackupFormat.Manifest, $"byte {at} of {name}: {refused.Message}");
            }
        }
    }

    [Fact]
    public async Task Change_to_the_archive_itself_is_refused_or_changes_nothing()
    {
        await using var source = StoredRegistry.Embedded();
        await source.FillAsync();
        var whole = await BackUpAsync(source);
        var entries = await Archive.EntriesAsync(whole);
        var places = await Archive.PlacesAsync(whole);
        var heads = places.Take(3).Append(places[^2]).SelectMany(place => Enumerable.Range(0, 1536 / 7).Select(step => place.DataAt - 1 - 7 * step)).Where(at => at >= 0);
        var refused = 0;

        foreach (var at in heads)
        {
            var damaged = await DamageAsync(source, whole, at, bit: (int)(at % 8));
            try
            {
                await RegistryRestore.VerifyAsync(damaged, progress: null, Token);
            }
            catch (BackupRefusedException)
            {
                refused++;
                continue;
            }
            Assert.Equal(entries, await Archive.EntriesAsync(damaged));
        }
        Assert.True(refused > 50, $"{refused} refused");
    }

    [Fact]
    public async Task File_that_is_no_backup_is_refused()
    {
        await using var source = StoredRegistry.Embedded();
        var file = source.File("film.jpeg");
        await File.WriteAllBytesAsync(file, Enumerable.Range(0, 5_000).Select(i => (byte)(i * 7)).ToArray(), Token);

        Assert.True((await Assert.ThrowsAsync<BackupRefusedException>(() => RegistryRestore.VerifyAsync(file, progress: null, Token))).IsArchive);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Registry_that_is_not_empty_is_left_as_it_is(bool cloud)
    {
        await using var source = StoredRegistry.Embedded();
        await using var target = cloud ? await StoredRegistry.CloudAsync(servers) : StoredRegistry.Embedded();
        await source.FillAsync();
        await target.UpdateAsync();
        await using (var registry = target.Database.CreateDbContext())
        {
            registry.Datasets.Add(new Dataset { Name = "mine", CreatedAt = TemporaryRegistry.Start });
            await registry.SaveChangesAsync(Token);
        }
        var backup = await BackUpAsync(source);

        var refused = await Assert.ThrowsAsync<BackupRefusedException>(() => RestoreAsync(target, backup));

        Assert.False(refused.IsArchive);
        Assert.Contains("Datasets has 1 row", refused.Message, StringComparison.Ordinal);
        await using var after = target.Database.CreateDbContext();
        Assert.Equal("mine", (await after.Datasets.SingleAsync(Token)).Name);
        Assert.Empty(await target.StoredAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restore_that_breaks_off_leaves_an_empty_registry_and_is_done_again(bool cloud)
    {
        await using var source = StoredRegistry.Embedded();
        await using var target = cloud ? await StoredRegistry.CloudAsync(servers) : StoredRegistry.Embedded();
        await source.FillAsync();
        var backup = await BackUpAsync(source);
        using CancellationTokenSource kill = new();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new RegistryRestore(target.Database, target.Blobs, TimeProvider.System)
            .RestoreAsync(backup, new Reports(progress => { if (progress.Blobs == 3) kill.Cancel(); }), kill.Token));
        await AssertEmptyAsync(target);
        Assert.NotEmpty(await target.StoredAsync());

        await RestoreAsync(target, backup);
        Assert.Equal(await source.StoredAsync(), await target.StoredAsync());
    }

    [Theory]
    [InlineData(2, "Initial", "format 2")]
    [InlineData(1, "FarFuture", "schema FarFuture")]
    public async Task Backup_of_a_newer_build_is_refused(int format, string schema, string expected)
    {
        await using var target = StoredRegistry.Embedded();
        var backup = target.File("newer.tar");
        await Archive.WriteAsync(backup, new BackupHead(format, schema, TemporaryRegistry.Start, "XrayMlOps 9", "", [new("Datasets", 1)], 0, 0), s_datasets, """["chest",5]""");

        var refused = await Assert.ThrowsAsync<BackupRefusedException>(() => RestoreAsync(target, backup));

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""["chest"]""", "does not have 2 values")]
    [InlineData("""["chest","five"]""", "does not fit")]
    [InlineData("""["chest",null]""", "cannot be written")]
    [InlineData("""{}""", "does not have 2 values")]
    public async Task Row_that_cannot_be_written_is_refused_with_its_table(string row, string expected)
    {
        await using var target = await StoredRegistry.CloudAsync(servers);
        var backup = target.File("wrong.tar");
        await Archive.WriteAsync(backup, new BackupHead(1, "Access", TemporaryRegistry.Start, "test", "", [new("Datasets", 1)], 0, 0), s_datasets, row);

        var refused = await Assert.ThrowsAsync<BackupRefusedException>(() => RestoreAsync(target, backup));

        Assert.Contains("Datasets", refused.Message, StringComparison.Ordinal);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        await AssertEmptyAsync(target);
    }

    [Fact]
    public async Task Blob_that_is_lost_or_damaged_in_the_store_is_named_and_no_file_is_left()
    {
        await using var source = StoredRegistry.Embedded();
        await source.FillAsync();
        var film = Digest.Of([1]);
        await File.WriteAllBytesAsync(source.File($"blobs/{film[..2]}/{film}"), [9], Token);

        Assert.Contains(film, (await Assert.ThrowsAsync<InvalidOperationException>(() => BackUpAsync(source))).Message, StringComparison.Ordinal);
        await source.Blobs.DeleteAsync(film, Token);
        Assert.Contains(film, (await Assert.ThrowsAsync<InvalidOperationException>(() => BackUpAsync(source))).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(source.File("x"))!, "*.tar*"));
    }

    [Fact]
    public async Task Database_that_is_not_up_to_date_is_not_backed_up()
    {
        await using var source = StoredRegistry.Embedded();

        Assert.Contains("not up to date", (await Assert.ThrowsAsync<InvalidOperationException>(() => BackUpAsync(source))).Message, StringComparison.Ordinal);
    }

    private static async Task<string> DamageAsync(StoredRegistry source, string whole, long at, int bit)
    {
        var damaged = source.File("damaged.tar");
        File.Copy(whole, damaged, overwrite: true);
        await using var file = new FileStream(damaged, FileMode.Open);
        file.Position = at;
        var value = file.ReadByte();
        file.Position = at;
        file.WriteByte((byte)(value ^ (1 << bit)));
        return damaged;
    }

    private static async Task AssertEmptyAsync(StoredRegistry target)
    {
        await using var registry = target.Database.CreateDbContext();
        Assert.Empty(await registry.Datasets.ToListAsync(Token));
        Assert.Empty(await registry.Runs.ToListAsync(Token));
        Assert.Empty(await registry.Predictions.ToListAsync(Token));
    }

    private static async Task<string> BackUpAsync(StoredRegistry registry)
    {
        var file = registry.File("backup.tar");
        await new RegistryBackup(registry.Database, registry.Blobs, TimeProvider.System).WriteAsync(file, progress: null, Token);
        return file;
    }

    private static Task<BackupHead> RestoreAsync(StoredRegistry registry, string backup) =>
        new RegistryRestore(registry.Database, registry.Blobs, TimeProvider.System).RestoreAsync(backup, progress: null, Token);
}
