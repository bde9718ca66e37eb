namespace XrayMlOps.Infra.Tests.Azure;

/// <summary>The three hosts and the migration job as containers.</summary>
public sealed class HostsTests(Deployments deployments)
{
    private static readonly string[] s_hosts = ["controlplane", "inference", "worker"];

    [Fact]
    public async Task Host_is_probed_on_its_health()
    {
        var deployment = await deployments.DefaultAsync();
        Assert.Equal(s_hosts, deployment.OfType("Microsoft.App/containerApps").Select(app => app.Text("name")).Order(StringComparer.Ordinal));
        foreach (var host in s_hosts)
        {
            var probes = deployment.App(host).Items("properties.template.containers.0.probes").Select(probe => $"{probe.Text("type")} {probe.Text("httpGet.port")}{probe.Text("httpGet.path")}");
            Assert.Equal(["Liveness 8080/alive", "Readiness 8080/health", "Startup 8080/alive"], probes.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task Worker_has_a_gpu_and_is_not_there_while_nothing_is_to_train()
    {
        var deployment = await deployments.DefaultAsync();
        var worker = deployment.App("worker");
        var profile = Assert.Single(deployment.Only("Microsoft.App/managedEnvironments").Items("properties.workloadProfiles"), profile => profile.Text("name") == worker.Text("properties.workloadProfileName"));
        Assert.Equal("Consumption-GPU-NC8as-T4", profile.Text("workloadProfileType"));
        Assert.Equal("0", worker.Text("properties.template.scale.minReplicas"));
        var rule = Assert.Single(worker.Items("properties.template.scale.rules"));
        Assert.Equal("metrics-api", rule.Text("custom.type"));
        Assert.Equal("1", rule.Text("custom.metadata.targetValue"));
        Assert.Equal("scaler-key", rule.Text("custom.auth.0.secretRef"));
        Assert.Null(worker.At("properties.configuration.ingress"));
    }

    [Fact]
    public async Task Worker_without_a_gpu_is_on_consumption()
    {
        var deployment = await deployments.PlainAsync();
        Assert.Equal("Consumption", deployment.App("worker").Text("properties.workloadProfileName"));
        Assert.Equal("Consumption", Assert.Single(deployment.Only("Microsoft.App/managedEnvironments").Items("properties.workloadProfiles")).Text("workloadProfileType"));
    }

    [Fact]
    public async Task Inference_answers_the_public_over_https_and_grows_with_what_is_asked_at_once()
    {
        var inference = (await deployments.DefaultAsync()).App("inference");
        Assert.Equal("true", inference.Text("properties.configuration.ingress.external"));
        Assert.Equal("http", inference.Text("properties.configuration.ingress.transport"));
        Assert.Equal("false", inference.Text("properties.configuration.ingress.allowInsecure"));
        Assert.True(int.Parse(Assert.Single(inference.Items("properties.template.scale.rules")).Text("http.metadata.concurrentRequests"), null) > 0);
        Assert.Equal("0", inference.Text("properties.template.scale.minReplicas"));
    }

    [Fact]
    public async Task Inference_knows_neither_database_nor_blobs() => Assert.DoesNotContain(
        (await deployments.DefaultAsync()).App("inference").Items("properties.template.containers.0.env"),
        setting => setting.Text("name").StartsWith("ConnectionStrings__", StringComparison.Ordinal) || setting.ToJsonString().Contains("Microsoft.Storage/", StringComparison.Ordinal)
            || setting.ToJsonString().Contains("Microsoft.DBforPostgreSQL/", StringComparison.Ordinal));

    [Fact]
    public async Task Secrets_come_from_the_vault_and_stand_nowhere_in_clear()
    {
        var deployment = await deployments.PlainAsync();
        var seen = 0;
        foreach (var host in s_hosts)
        {
            var app = deployment.App(host);
            var secrets = app.Items("properties.configuration.secrets");
            Assert.All(secrets, secret => Assert.Contains("Microsoft.KeyVault/vaults", secret.Text("keyVaultUrl"), StringComparison.Ordinal));
            Assert.All(secrets, secret => Assert.Equal("", secret.Text("value")));
            foreach (var setting in app.Items("properties.template.containers.0.env"))
            {
                var isSecret = setting.Text("name").EndsWith("Secret", StringComparison.Ordinal) || setting.Text("name").EndsWith("ApiKey", StringComparison.Ordinal);
                Assert.Equal(isSecret, setting.Text("secretRef") is not "");
                if (!isSecret) continue;
                Assert.Contains(secrets, secret => secret.Text("name") == setting.Text("secretRef"));
                seen++;
            }
            Assert.DoesNotContain("Password=", app.ToJsonString(), StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("AccountKey=", app.ToJsonString(), StringComparison.OrdinalIgnoreCase);
        }
        Assert.Equal(6, seen);
    }

    [Fact]
    public async Task Key_that_one_host_sends_is_the_one_that_the_other_knows()
    {
        var deployment = await deployments.DefaultAsync();
        Assert.Equal(Secret("inference", "ControlPlane__ApiKey"), Secret("controlplane", "Authentication__Keys__inference__Secret"));
        Assert.Equal("service", Setting("controlplane", "Authentication__Keys__inference__Role").Text("value"));
        Assert.Equal(deployment.App("worker").Text("properties.template.scale.rules.0.custom.auth.0.secretRef"), Secret("controlplane", "Authentication__Keys__scaler__Secret"));
        Assert.Equal("viewer", Setting("controlplane", "Authentication__Keys__scaler__Role").Text("value"));

        string Secret(string host, string name) => Setting(host, name).Text("secretRef");
        System.Text.Json.Nodes.JsonNode Setting(string host, string name) =>
            Assert.Single(deployment.App(host).Items("properties.template.containers.0.env"), setting => setting.Text("name") == name);
    }

    [Fact]
    public async Task Hosts_that_people_reach_take_tokens_of_the_issuer_alone_where_there_is_one()
    {
        var (plain, without) = (await deployments.PlainAsync(), await deployments.DefaultAsync());
        foreach (var host in (string[])["controlplane", "inference"])
        {
            Assert.Contains(plain.App(host).Items("properties.template.containers.0.env"), setting => setting.Text("name") == "Authentication__Oidc__Authority" && setting.Text("value") == "https://issuer.example");
            Assert.DoesNotContain(without.App(host).Items("properties.template.containers.0.env"), setting => setting.Text("name").StartsWith("Authentication__Oidc__", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Migration_is_a_job_that_runs_once_when_it_is_told_to()
    {
        var job = (await deployments.DefaultAsync()).Only("Microsoft.App/jobs");
        Assert.Equal("Manual", job.Text("properties.configuration.triggerType"));
        Assert.Equal("[\"migrate\"]", job.Text("properties.template.containers.0.args"));
        Assert.Contains(job.Items("properties.template.containers.0.env"), setting => setting.Text("name") == "ConnectionStrings__registry");
    }

    [Fact]
    public async Task Telemetry_goes_to_one_workspace()
    {
        var deployment = await deployments.DefaultAsync();
        var workspace = deployment.Only("Microsoft.OperationalInsights/workspaces").Text("id");
        Assert.Equal(workspace, deployment.Only("Microsoft.Insights/components").Text("properties.WorkspaceResourceId"));
        Assert.Equal(workspace, deployment.Only("Microsoft.Insights/diagnosticSettings").Text("properties.workspaceId"));
        Assert.All(s_hosts, host => Assert.Contains(deployment.App(host).Items("properties.template.containers.0.env"), setting => setting.Text("name") == "APPLICATIONINSIGHTS_CONNECTION_STRING"));
    }
}
