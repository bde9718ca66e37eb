using Microsoft.EntityFrameworkCore.Design;

namespace XrayMlOps.Storage;

/// <summary>
/// Lets <c>dotnet ef migrations add</c> build the models without a host. A change needs a migration for each database:
/// <c>--context RegistryDbContext --output-dir Migrations/Sqlite</c> and <c>--context PostgresRegistryDbContext --output-dir Migrations/Postgres</c>.
/// </summary>
internal sealed class RegistryDesign : IDesignTimeDbContextFactory<RegistryDbContext>, IDesignTimeDbContextFactory<PostgresRegistryDbContext>
{
    RegistryDbContext IDesignTimeDbContextFactory<RegistryDbContext>.CreateDbContext(string[] args) =>
        new RegistryDatabase("Data Source=:memory:").CreateDbContext();

    PostgresRegistryDbContext IDesignTimeDbContextFactory<PostgresRegistryDbContext>.CreateDbContext(string[] args) =>
        (PostgresRegistryDbContext)new RegistryDatabase("Host=none").CreateDbContext();
}
