using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.Storage;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.ControlPlane.Tests;

public sealed class MigrateCommandTests(SharedServers servers) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("xray-migrate-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(Deployment.Embedded)]
    [InlineData(Deployment.Cloud)]
    public async Task Empty_database_gets_all_migrations_and_the_next_time_none(Deployment deployment)
    {
        var connectionString = await CreateDatabaseAsync(deployment);

        var (exitCode, output, errors) = await MigrateAsync(connectionString);
        Assert.True(exitCode == 0, errors);
        using RegistryDatabase database = new(connectionString);
        await using var registry = database.CreateDbContext();
        Assert.Empty(await registry.Database.GetPendingMigrationsAsync(Token));
        Assert.All(registry.Database.GetMigrations(), migration => Assert.Contains(migration, output, StringComparison.Ordinal));
        if (deployment == Deployment.Cloud) Assert.NotEmpty(await registry.Database.SqlQueryRaw<int>("""SELECT version AS "Value" FROM hangfire.schema""").ToListAsync(Token));

        (exitCode, output, errors) = await MigrateAsync(connectionString);
        Assert.Equal((0, "The registry is up to date.", ""), (exitCode, output.Trim(), errors));
    }

    [Theory]
    [InlineData(Deployment.Embedded)]
    [InlineData(Deployment.Cloud)]
    public async Task Newer_database_is_left_alone_with_exit_code_1(Deployment deployment)
    {
        var connectionString = await CreateDatabaseAsync(deployment);
        await MigrateAsync(connectionString);
        using (RegistryDatabase database = new(connectionString))
        {
            await using var registry = database.CreateDbContext();
            await registry.Database.ExecuteSqlRawAsync("""INSERT INTO "__EFMigrationsHistory" VALUES ('29990101000000_Later', '99')""", Token);
        }

        var (exitCode, output, errors) = await MigrateAsync(connectionString);

        Assert.Equal((1, ""), (exitCode, output));
        Assert.Contains("29990101000000_Later", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_connection_string_is_named_with_exit_code_1()
    {
        var (exitCode, output, errors) = await MigrateAsync(connectionString: "");

        Assert.Equal((1, ""), (exitCode, output));
        Assert.Contains("ConnectionStrings:registry is not set", errors, StringComparison.Ordinal);
    }

    private async Task<string> CreateDatabaseAsync(Deployment deployment) => deployment == Deployment.Embedded
        ? $"Data Source={Path.Combine(_folder.FullName, "registry.db")}"
        : await (await servers.PostgresAsync()).CreateDatabaseAsync(Token);

    /// <summary>The control plane's program, as a deployment calls it.</summary>
    private static async Task<(int ExitCode, string Output, string Errors)> MigrateAsync(string connectionString)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "XrayMlOps.ControlPlane.dll"), "migrate"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ConnectionStrings__registry"] = connectionString;
        using var process = Process.Start(start)!;
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(Token), process.StandardError.ReadToEndAsync(Token));
        await process.WaitForExitAsync(Token);
        return (process.ExitCode, said[0], said[1]);
    }
}
