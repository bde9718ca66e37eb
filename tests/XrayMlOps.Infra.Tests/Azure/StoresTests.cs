using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Blobs;

namespace XrayMlOps.Infra.Tests.Azure;

/// <summary>Storage, database, vault and image registry: encrypted on the way, and opened by identities alone.</summary>
public sealed partial class StoresTests(Deployments deployments)
{
    [Fact]
    public async Task Storage_takes_no_key_and_shows_nothing_to_the_public()
    {
        var account = (await deployments.DefaultAsync()).Only("Microsoft.Storage/storageAccounts");
        Assert.Equal("false", account.Text("properties.allowSharedKeyAccess"));
        Assert.Equal("false", account.Text("properties.allowBlobPublicAccess"));
        Assert.Equal("TLS1_2", account.Text("properties.minimumTlsVersion"));
        Assert.Equal("true", account.Text("properties.supportsHttpsTrafficOnly"));
    }

    [Fact]
    public async Task Database_takes_no_password_and_no_connection_in_clear()
    {
        var deployment = await deployments.DefaultAsync();
        var server = deployment.Only("Microsoft.DBforPostgreSQL/flexibleServers");
        Assert.Equal("Disabled", server.Text("properties.authConfig.passwordAuth"));
        Assert.Equal("Enabled", server.Text("properties.authConfig.activeDirectoryAuth"));
        Assert.Equal("", server.Text("properties.administratorLoginPassword"));
        var settings = deployment.OfType("Microsoft.DBforPostgreSQL/flexibleServers/configurations").ToDictionary(setting => setting.Text("name").Split('/')[1], setting => setting.Text("properties.value"));
        Assert.Equal("on", settings["require_secure_transport"]);
        Assert.Equal("TLSv1.2", settings["ssl_min_protocol_version"]);
    }

    [Theory]
    [InlineData("controlplane")]
    [InlineData("worker")]
    public async Task Host_can_read_its_connection_strings(string host)
    {
        var settings = (await deployments.DefaultAsync()).App(host).Items("properties.template.containers.0.env").ToDictionary(setting => setting.Text("name"), setting => setting.Text("value"));
        // Expressions: the text of the string, and in its places what Azure will know.
        var registry = string.Format(CultureInfo.InvariantCulture, HostText().Match(settings["ConnectionStrings__registry"]).Value, "psql.postgres.database.azure.com", "xraymlops");
        var user = UserText().Match(settings["ConnectionStrings__registry"]).Value;
        Assert.StartsWith($"id-{host}-", user, StringComparison.Ordinal);

        _ = new RegistryDatabase($"{registry};Username={user}"); // throws if it is malformed
        NpgsqlConnectionStringBuilder read = new($"{registry};Username={user}");
        Assert.Equal((SslMode.VerifyFull, "-c role=azure_pg_admin", null), (read.SslMode, read.Options, read.Password));
        Assert.EndsWith(".primaryEndpoints.blob, 'xraymlops')]", settings["ConnectionStrings__blobs"], StringComparison.Ordinal);
        Assert.Equal("https://st.blob.core.windows.net/xraymlops", BlobStores.Open("https://st.blob.core.windows.net/xraymlops").ToString());
    }

    [Fact]
    public async Task Vault_knows_roles_alone_and_keeps_what_it_has()
    {
        var vault = (await deployments.DefaultAsync()).Only("Microsoft.KeyVault/vaults");
        Assert.Equal("true", vault.Text("properties.enableRbacAuthorization"));
        Assert.Equal("true", vault.Text("properties.enableSoftDelete"));
        var secrets = (await deployments.TemplateAsync()).At("resources.vault.properties.template.resources.secrets")!;
        Assert.NotNull(secrets["@options"]?["onlyIfNotExists"]);
    }

    [Fact]
    public async Task Image_registry_has_no_administrator() =>
        Assert.Equal("false", (await deployments.DefaultAsync()).Only("Microsoft.ContainerRegistry/registries").Text("properties.adminUserEnabled"));

    [Fact]
    public async Task Private_network_leaves_no_store_a_public_address()
    {
        var deployment = await deployments.PrivateAsync();
        Assert.Equal("Disabled", deployment.Only("Microsoft.Storage/storageAccounts").Text("properties.publicNetworkAccess"));
        Assert.Equal("Disabled", deployment.Only("Microsoft.DBforPostgreSQL/flexibleServers").Text("properties.network.publicNetworkAccess"));
        Assert.Equal("Disabled", deployment.Only("Microsoft.KeyVault/vaults").Text("properties.publicNetworkAccess"));
        Assert.Empty(deployment.OfType("Microsoft.DBforPostgreSQL/flexibleServers/firewallRules"));
        var endpoints = deployment.OfType("Microsoft.Network/privateEndpoints").Select(endpoint => endpoint.Text("properties.privateLinkServiceConnections.0.properties.groupIds.0"));
        Assert.Equal(["blob", "postgresqlServer", "vault"], endpoints.Order(StringComparer.Ordinal));
        Assert.Equal(3, deployment.OfType("Microsoft.Network/privateDnsZones").Count());
        Assert.Equal(3, deployment.OfType("Microsoft.Network/privateEndpoints/privateDnsZoneGroups").Count());
        Assert.EndsWith("/subnets/apps", deployment.Only("Microsoft.App/managedEnvironments").Text("properties.vnetConfiguration.infrastructureSubnetId"), StringComparison.Ordinal);
    }

    [GeneratedRegex("(?<=')Host=[^']*(?=')")]
    private static partial Regex HostText();

    [GeneratedRegex(@"(?<=')id-[^'/]*(?='\)\]$)")]
    private static partial Regex UserText();
}
