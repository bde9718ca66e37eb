using CsCheck;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.Storage.Backups;
using XrayMlOps.Storage.Datasets;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Storage.Tests.Backups;

public sealed class TableRowsLaws(SharedServers servers)
{
    // PostgreSQL's text holds no zero character, and half of a pair of surrogates is no text.
    private static readonly Gen<string> s_text = Gen.Char.Where(letter => letter != '\0' && !char.IsSurrogate(letter)).Array[0, 20].Select(letters => new string(letters));
    private static readonly Gen<double> s_real = Gen.Double.Where(double.IsFinite);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rows_of_any_values_are_the_same_in_the_other_kind_of_database()
    {
        await using var source = StoredRegistry.Embedded();
        await using var target = await StoredRegistry.CloudAsync(servers);
        await source.UpdateAsync();
        await target.UpdateAsync();

        await Gen.Select(s_text, s_real, s_real, Gen.Long, Gen.Byte.Array[0, 100]).Array[1, 40].SampleAsync(async values =>
        {
            Image[] images =
            [
                .. values.Select((value, i) => new Image
                {
                    Digest = $"{i:d64}", Format = value.Item1, Mean = value.Item2, Deviation = value.Item3, Bytes = value.Item4, Thumbnail = value.Item5,
                    Width = i, Height = int.MinValue, PerceptualHash = value.Item1,
                }),
            ];
            await using (var registry = source.Database.CreateDbContext())
            {
                registry.Images.AddRange(images);
                await registry.SaveChangesAsync(Token);
            }

            var lines = await LinesAsync(source);
            await WriteAsync(target, lines);

            Assert.Equal(lines, await LinesAsync(target));
            await using (var registry = target.Database.CreateDbContext())
                Assert.Equivalent(images, await registry.Images.AsNoTracking().OrderBy(image => image.Digest).ToListAsync(Token), strict: true);
            foreach (var emptied in (StoredRegistry[])[source, target])
            {
                await using var registry = emptied.Database.CreateDbContext();
                await registry.Images.ExecuteDeleteAsync(Token);
            }
        }, iter: 20, threads: 1);
    }

    [Fact]
    public async Task Numbers_without_a_word_in_JSON_are_kept_where_the_database_holds_them()
    {
        await using var registry = await StoredRegistry.CloudAsync(servers);
        await registry.UpdateAsync();
        await using var context = registry.Database.CreateDbContext();
        double[] numbers = [double.NaN, double.PositiveInfinity, double.NegativeInfinity];
        context.Images.AddRange(numbers.Select((number, i) => new Image
        {
            Digest = $"{i:d64}",
            Format = "",
            Mean = number,
            Deviation = 0,
            Bytes = 0,
            Thumbnail = [],
            Width = 0,
            Height = 0,
            PerceptualHash = "",
        }));
        await context.SaveChangesAsync(Token);
        var lines = await LinesAsync(registry);
        await context.Images.ExecuteDeleteAsync(Token);

        await WriteAsync(registry, lines);

        Assert.Equal(numbers, await context.Images.OrderBy(image => image.Digest).Select(image => image.Mean).ToListAsync(Token));
    }

    private static async Task<byte[]> LinesAsync(StoredRegistry registry)
    {
        await using var context = registry.Database.CreateDbContext();
        await using var transaction = await context.Database.BeginTransactionAsync(Token);
        using MemoryStream lines = new();
        await TableRows.WriteAsync(context, RegistryTable.Of(context).Single(table => table.Name == "Images"), lines, Token);
        return lines.ToArray();
    }

    private static async Task WriteAsync(StoredRegistry registry, byte[] lines)
    {
        await using var context = registry.Database.CreateDbContext();
        await using var transaction = await context.Database.BeginTransactionAsync(Token);
        await foreach (var (table, row) in TableRows.ReadAsync(new MemoryStream(lines), Token))
        {
            if (row is null) continue;
            await using var insert = TableRows.InsertInto(context, table);
            for (var i = 0; i < row.Length; i++) insert.Parameters[i].Value = row[i] ?? DBNull.Value;
            await insert.ExecuteNonQueryAsync(Token);
        }
        await transaction.CommitAsync(Token);
    }
}
