namespace XrayMlOps.Infra.Tests.Azure;

/// <summary>What each host's identity may do: what it needs, and no more.</summary>
public sealed class RolesTests(Deployments deployments)
{
    private const string AcrPull = "7f951dda-4ed3-4680-a7ca-43fe172d538d";
    private const string KeyVaultSecretsUser = "4633458b-17de-408a-b874-0445c86b69e6";
    private const string StorageBlobDataContributor = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";

    [Theory]
    [InlineData("controlplane", true, "admin-key inference-key pseudonym-secret scaler-key")]
    [InlineData("worker", true, "scaler-key")]
    [InlineData("inference", false, "caller-key inference-key")]
    [InlineData("migrate", false, "")]
    public async Task Host_has_the_roles_of_its_needs(string host, bool writesBlobs, string secrets)
    {
        var roles = (await deployments.DefaultAsync()).RolesOf(host);

        Assert.Contains("/registries/", Assert.Single(roles, role => role.Role == AcrPull).Scope, StringComparison.Ordinal);
        Assert.Equal(writesBlobs, roles.Any(role => role.Role == StorageBlobDataContributor));
        Assert.All(roles.Where(role => role.Role == StorageBlobDataContributor), role => Assert.EndsWith("/containers/xraymlops", role.Scope, StringComparison.Ordinal));
        // On the secret itself, not on the vault.
        var readable = roles.Where(role => role.Role == KeyVaultSecretsUser).Select(role => role.Scope.Split("/secrets/") is [_, var secret] ? secret : role.Scope);
        Assert.Equal(secrets, string.Join(' ', readable.Order(StringComparer.Ordinal)));
        Assert.All(roles, role => Assert.Contains(role.Role, (string[])[AcrPull, KeyVaultSecretsUser, StorageBlobDataContributor]));
    }

    [Fact]
    public async Task Database_knows_every_host_but_inference()
    {
        var users = (await deployments.DefaultAsync()).OfType("Microsoft.DBforPostgreSQL/flexibleServers/administrators")
            .Select(user => user.Text("properties.principalName").Split('-')[1]);
        Assert.Equal(["controlplane", "migrate", "worker"], users.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Whoever_deploys_may_read_the_keys_and_nothing_else()
    {
        var mine = (await deployments.DefaultAsync()).OfType("Microsoft.Authorization/roleAssignments")
            .Where(assignment => assignment.Text("properties.principalId") == "00000000-0000-0000-0000-000000000003");
        Assert.EndsWith(KeyVaultSecretsUser, Assert.Single(mine).Text("properties.roleDefinitionId"), StringComparison.Ordinal);
        var nobody = (await deployments.PrivateAsync()).OfType("Microsoft.Authorization/roleAssignments");
        Assert.DoesNotContain(nobody, assignment => !assignment.Text("properties.principalId").Contains("/id-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Host_acts_as_its_own_identity_and_no_other()
    {
        var deployment = await deployments.DefaultAsync();
        foreach (var host in deployment.OfType("Microsoft.App/containerApps").Concat(deployment.OfType("Microsoft.App/jobs")))
        {
            var identity = Assert.Single(host.At("identity.userAssignedIdentities")!.AsObject()).Key;
            Assert.Contains($"/id-{host.Text("name")}-", identity, StringComparison.Ordinal);
            Assert.Contains(host.Items("properties.template.containers.0.env"), setting => setting.Text("name") == "AZURE_CLIENT_ID" && setting.Text("value").Contains($"{identity}'", StringComparison.Ordinal));
        }
    }
}
