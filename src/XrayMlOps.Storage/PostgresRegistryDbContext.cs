using Microsoft.EntityFrameworkCore;

namespace XrayMlOps.Storage;

/// <summary>The registry on PostgreSQL: a type of its own because a context has one set of migrations, and each database needs its own.</summary>
internal sealed class PostgresRegistryDbContext(DbContextOptions<PostgresRegistryDbContext> options) : RegistryDbContext(options)
{
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        // Text is ordered by its bytes, as on SQLite, whatever the language of the database: pages follow that order.
        configurationBuilder.Properties<string>().UseCollation("C");
    }
}
