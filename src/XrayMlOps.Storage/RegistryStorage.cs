using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Storage.Access;
using XrayMlOps.Storage.Blobs;

namespace XrayMlOps.Storage;

/// <summary>Where the registry and the blobs are kept: said by two connection strings alone.</summary>
public static class RegistryStorage
{
    /// <summary>
    /// Adds <see cref="RegistryDbContext"/> (scoped, and a factory of it) from <c>ConnectionStrings:registry</c>, brought up to date before any
    /// other hosted service starts, and <see cref="IBlobStore"/> from <c>ConnectionStrings:blobs</c> (see <see cref="BlobStores"/>).
    /// Several hosts in one process each call it; the first call counts.
    /// </summary>
    /// <exception cref="InvalidOperationException">A connection string is missing or malformed.</exception>
    public static TBuilder AddRegistryStorage<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        if (builder.Services.Any(service => service.ServiceType == typeof(IBlobStore))) return builder;
        OpenRegistry(builder.Configuration).Dispose(); // said now if it cannot be
        var store = OpenBlobs(builder.Configuration);

        builder.Services.AddSingleton<IDbContextFactory<RegistryDbContext>>(services => OpenRegistry(builder.Configuration, services));
        builder.Services.AddScoped(services => services.GetRequiredService<IDbContextFactory<RegistryDbContext>>().CreateDbContext());
        builder.Services.AddSingleton<ISaveChangesInterceptor, AuditInterceptor>();
        builder.Services.AddSingleton(store);
        builder.Services.AddOptions<BlobOptions>().BindConfiguration(BlobOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<BlobPinning>();
        builder.Services.AddSingleton<BlobCollection>();
        builder.Services.AddSingleton<SupersededBlobs>();
        builder.Services.AddHostedService<RegistryMigration>();
        builder.Services.AddStorageHealth();
        builder.Services.TryAddSingleton(TimeProvider.System);
        return builder;
    }

    /// <summary>The database that <c>ConnectionStrings:registry</c> names.</summary>
    /// <param name="services">Of the host, for its log; null where there is none.</param>
    /// <exception cref="InvalidOperationException">The connection string is missing or malformed.</exception>
    public static RegistryDatabase OpenRegistry(IConfiguration configuration, IServiceProvider? services = null)
    {
        var registry = Required(configuration, "registry", RegistryDatabase.Forms);
        return Read("registry", () => new RegistryDatabase(registry, services));
    }

    /// <summary>The store that <c>ConnectionStrings:blobs</c> names.</summary>
    /// <exception cref="InvalidOperationException">The connection string is missing or malformed.</exception>
    public static IBlobStore OpenBlobs(IConfiguration configuration)
    {
        var blobs = Required(configuration, "blobs", BlobStores.Forms);
        return Read("blobs", () => BlobStores.Open(blobs));
    }

    private static string Required(IConfiguration configuration, string name, string forms) =>
        configuration.GetConnectionString(name) is { Length: > 0 } value
            ? value
            : throw new InvalidOperationException($"ConnectionStrings:{name} is not set: give {forms} (in the environment, ConnectionStrings__{name}).");

    private static T Read<T>(string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (FormatException problem)
        {
            throw new InvalidOperationException($"ConnectionStrings:{name} {problem.Message}.", problem);
        }
    }
}
