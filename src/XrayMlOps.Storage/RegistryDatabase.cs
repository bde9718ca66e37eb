using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using XrayMlOps.Storage.Postgres;

namespace XrayMlOps.Storage;

/// <summary>Opens the registry in the database that a connection string names.</summary>
public sealed class RegistryDatabase : IDbContextFactory<RegistryDbContext>, IDisposable
{
    public const string Forms = "'Data Source=…/registry.db' (SQLite) or 'Host=…;Database=…;Username=…;Password=…' (PostgreSQL; in Azure without a password, as the process's identity)";
    private readonly Func<RegistryDbContext> _open;

    /// <param name="connectionString">
    /// In one of the <see cref="Forms"/>, or PostgreSQL's <c>postgres://user:password@host:port/database</c>. The folder of a SQLite file is made. A host
    /// <c>*.postgres.database.azure.com</c> without a password is logged in to as the identity that <see cref="Azure.Identity.DefaultAzureCredential"/> finds.
    /// </param>
    /// <param name="services">Of the host, for its log and what is done with changes; null where there is none.</param>
    /// <exception cref="FormatException">The connection string is none of them. The message goes on after its name, and does not repeat it: it may hold a password.</exception>
    public RegistryDatabase(string connectionString, IServiceProvider? services = null)
    {
        var keywords = Parse(connectionString);
        var interceptors = services?.GetServices<ISaveChangesInterceptor>() ?? [];
        if (keywords.ContainsKey("Host") || keywords.ContainsKey("Server"))
        {
            var postgres = Read(() => new NpgsqlConnectionStringBuilder(keywords.ConnectionString));
            Postgres = new PostgresDatabase(postgres);
            _open = () => Open(Postgres, services, interceptors);
        }
        else if (keywords.ContainsKey("Data Source") || keywords.ContainsKey("DataSource") || keywords.ContainsKey("Filename"))
        {
            var sqlite = Read(() => new SqliteConnectionStringBuilder(keywords.ConnectionString) { ForeignKeys = true });
            if (Path.GetDirectoryName(Path.GetFullPath(sqlite.DataSource)) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
            if (sqlite is { Mode: not SqliteOpenMode.Memory, DataSource: not (":memory:" or "") }) SqliteFile = Path.GetFullPath(sqlite.DataSource);
            var options = new DbContextOptionsBuilder<RegistryDbContext>().UseApplicationServiceProvider(services).UseSqlite(sqlite.ConnectionString).AddInterceptors(interceptors).Options;
            _open = () => new RegistryDbContext(options);
        }
        else
        {
            throw new FormatException($"names neither a file nor a host: give {Forms}");
        }
    }

    internal RegistryDatabase(PostgresDatabase postgres)
    {
        Postgres = postgres;
        _open = () => Open(postgres, services: null, interceptors: []);
    }

    /// <summary>Null if the registry is not in PostgreSQL.</summary>
    internal PostgresDatabase? Postgres { get; }

    /// <summary>Path of the file that the registry is in; null if it is in none.</summary>
    internal string? SqliteFile { get; }

    public RegistryDbContext CreateDbContext() => _open();

    public void Dispose() => Postgres?.Dispose();

    private static PostgresRegistryDbContext Open(PostgresDatabase postgres, IServiceProvider? services, IEnumerable<ISaveChangesInterceptor> interceptors) => new(
        // A connection rather than its source, for which Entity Framework would build all of its services anew. No retrying execution strategy: it cannot
        // repeat a transaction that the caller began, and every write of ours is in one.
        new DbContextOptionsBuilder<PostgresRegistryDbContext>().UseApplicationServiceProvider(services)
            .UseNpgsql(postgres.CreateConnection(), contextOwnsConnection: true).AddInterceptors(interceptors).Options);

    private static DbConnectionStringBuilder Parse(string connectionString)
    {
        if (Uri.TryCreate(connectionString, UriKind.Absolute, out var uri) && uri.Scheme is "postgres" or "postgresql") return Parse(uri);
        return Read(() => new DbConnectionStringBuilder { ConnectionString = connectionString });
    }

    private static DbConnectionStringBuilder Parse(Uri uri)
    {
        var user = uri.UserInfo.Split(':', 2);
        DbConnectionStringBuilder keywords = new() { ["Host"] = uri.Host, ["Database"] = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/')) };
        if (uri.Port > 0) keywords["Port"] = uri.Port;
        if (user[0] is not "") keywords["Username"] = Uri.UnescapeDataString(user[0]);
        if (user.Length > 1) keywords["Password"] = Uri.UnescapeDataString(user[1]);
        foreach (var option in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = option.Split('=', 2) is [var left, var right] ? (left, right) : throw new FormatException($"its option '{option}' has no value: give {Forms}");
            if (name == "sslmode") keywords["SSL Mode"] = value.Replace("-", "", StringComparison.Ordinal); // verify-full is VerifyFull
            else keywords[name] = Uri.UnescapeDataString(value);
        }
        return keywords;
    }

    private static T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception malformed) when (malformed is ArgumentException or FormatException or KeyNotFoundException)
        {
            throw new FormatException($"cannot be read ({malformed.Message}): give {Forms}", malformed);
        }
    }
}
