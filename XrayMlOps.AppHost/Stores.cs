using Aspire.Hosting.Azure;
using Azure.Provisioning.Storage;

namespace XrayMlOps.AppHost;

/// <summary>Where the registry and the blobs are kept: in Azure when published; locally in containers, or beside them where there is no engine.</summary>
/// <param name="Server">Of the registry; null if its connection string was given.</param>
/// <param name="Account">Of the blobs; null if Azurite runs from npm.</param>
internal sealed record Stores(
    IResourceBuilder<IResourceWithConnectionString> Registry, IResourceBuilder<AzurePostgresFlexibleServerResource>? Server,
    IResourceBuilder<IResourceWithConnectionString> Blobs, IResourceBuilder<AzureStorageResource>? Account)
{
    public const string Database = "registry";

    /// <summary>Adds both. A connection string <c>registry</c> in the configuration counts locally in place of a container.</summary>
    public static Stores Add(IDistributedApplicationBuilder builder, PlatformSettings settings)
    {
        var published = builder.ExecutionContext.IsPublishMode;
        var given = !published && (!settings.Containers || builder.Configuration[$"ConnectionStrings:{Database}"] is { Length: > 0 });
        var server = given ? null : builder.AddAzurePostgresFlexibleServer("postgres").RunAsContainer(postgres => postgres.WithDataVolume());
        var account = published || settings.Containers
            ? builder.AddAzureStorage("storage").RunAsEmulator(azurite => azurite.WithDataVolume())
            : null;
        return new Stores(
            server is null ? builder.AddConnectionString(Database) : server.AddDatabase(Database), server,
            account is null ? builder.AddAzurite() : account.AddBlobs("blobs"), account);
    }
}

internal static class StoresExtensions
{
    /// <summary>Gives a host both connection strings and has it wait for what is behind them. In Azure the identity opens them, no key or password.</summary>
    public static IResourceBuilder<ProjectResource> WithStores(
        this IResourceBuilder<ProjectResource> host, Stores stores, IResourceBuilder<AzureUserAssignedIdentityResource> identity)
    {
        host.WithReference(stores.Registry).WaitFor(stores.Registry)
            .WithReference(stores.Blobs).WaitFor(stores.Blobs)
            .WithAzureUserAssignedIdentity(identity);
        return stores.Account is { } account ? host.WithRoleAssignments(account, StorageBuiltInRole.StorageBlobDataContributor) : host;
    }
}
