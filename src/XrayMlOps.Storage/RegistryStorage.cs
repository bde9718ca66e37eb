using System.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Storage.Blobs;

namespace XrayMlOps.Storage;

/// <summary>Where the registry and the blobs are kept: said by two connection strings alone.</summary>
public static class RegistryStorage
{
    /// <summary>
    /// Adds <see cref="RegistryDbContext"/> (scoped, and a factory of it) from <c>ConnectionStrings:registry</c>, brought up to date before any
    /// other hosted service starts, and <see cref="IBlobStore"/> from <c>ConnectionStrings:blobs</c>, the path of a folder.
    /// Several hosts in one process each call it; the first call counts.
    /// </summary>
    /// <exception cref="InvalidOperationException">A connection string is missing.</exception>
    public static TBuilder AddRegistryStorage<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        if (builder.Services.Any(service => service.ServiceType == typeof(IBlobStore))) return builder;
        var registry = Required(builder.Configuration, "registry", "'Data Source=…/registry.db'");
        var blobs = Required(builder.Configuration, "blobs", "the path of a folder");
        var sqlite = new SqliteConnectionStringBuilder(registry) { ForeignKeys = true };
        if (Path.GetDirectoryName(Path.GetFullPath(sqlite.DataSource)) is { Length: > 0 } folder) Directory.CreateDirectory(folder);

        builder.Services.AddDbContextFactory<RegistryDbContext>(options => options.UseSqlite(sqlite.ConnectionString));
        builder.Services.AddSingleton<IBlobStore>(_ => new FolderBlobStore(blobs));
        builder.Services.AddHostedService<RegistryMigration>();
        builder.Services.TryAddSingleton(TimeProvider.System);
        return builder;
    }

    /// <summary>Begins a transaction that sees and makes its changes as if alone. On SQLite it waits for other writers.</summary>
    public static Task<IDbContextTransaction> BeginAloneAsync(this RegistryDbContext registry, CancellationToken cancellationToken) =>
        registry.Database.BeginTransactionAsync(IsolationLevel.Serializable, cancellationToken);

    private static string Required(IConfiguration configuration, string name, string example) =>
        configuration.GetConnectionString(name) is { Length: > 0 } value
            ? value
            : throw new InvalidOperationException($"ConnectionStrings:{name} is not set: give {example} (in the environment, ConnectionStrings__{name}).");
}
