using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace XrayMlOps.Storage.Tests;

public sealed class RegistryDatabaseTests
{
    [Theory]
    [InlineData("Host=db.example;Port=5433;Database=registry;Username=xray;Password=a b;SSL Mode=Require")]
    [InlineData("postgres://xray:a%20b@db.example:5433/registry?sslmode=require")]
    [InlineData("postgresql://xray:a%20b@db.example:5433/registry?sslmode=require")]
    public void PostgreSQL_is_named_by_keywords_or_an_address(string connectionString)
    {
        using var database = new RegistryDatabase(connectionString);
        using var registry = database.CreateDbContext();

        Assert.True(registry.Database.IsNpgsql());
        var read = database.Postgres!.Settings;
        Assert.Equal(("db.example", 5433, "registry", "xray", "a b", SslMode.Require), (read.Host, read.Port, read.Database, read.Username, read.Password, read.SslMode));
    }

    [Theory]
    [InlineData("postgres://xray@db.example/registry?sslmode=verify-full", SslMode.VerifyFull)]
    [InlineData("postgres://xray@db.example/registry", SslMode.Prefer)]
    public void PostgreSQL_address_may_leave_out_port_and_password(string connectionString, SslMode mode)
    {
        using var database = new RegistryDatabase(connectionString);

        var read = database.Postgres!.Settings;
        Assert.Equal(("db.example", 5432, "registry", "xray", null, mode), (read.Host, read.Port, read.Database, read.Username, read.Password, read.SslMode));
    }

    [Fact]
    public void SQLite_is_named_by_a_file_whose_folder_is_made()
    {
        var folder = Directory.CreateTempSubdirectory("xray-storage-");
        try
        {
            using var registry = new RegistryDatabase($"Data Source={folder.FullName}/new/registry.db").CreateDbContext();

            Assert.True(registry.Database.IsSqlite());
            Assert.True(Directory.Exists(Path.Combine(folder.FullName, "new")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("registry.db")]
    [InlineData("Database=registry;Password=hush")]
    [InlineData("Host=db.example;Password=hush;Prot=5432")]
    [InlineData("Data Source=registry.db;Password=hush;Mod=x")]
    [InlineData("postgres://xray:hush@db.example/registry?sslmode")]
    public void Connection_string_that_names_no_database_is_refused_with_the_forms_and_without_its_secrets(string connectionString)
    {
        var problem = Assert.Throws<FormatException>(() => new RegistryDatabase(connectionString));

        Assert.Contains(RegistryDatabase.Forms, problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", problem.Message, StringComparison.Ordinal);
    }
}
