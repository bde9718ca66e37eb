namespace XrayMlOps.AppHost.Tests;

public sealed class PublishTests(Published published) : IClassFixture<Published>
{
    [Fact]
    public void Workers_train_on_a_GPU_and_there_are_none_on_an_empty_queue()
    {
        Assert.Contains("workloadProfileType: 'Consumption-GPU-NC8as-T4'", published.Bicep("apps"), StringComparison.Ordinal);

        var worker = published.Bicep("worker-containerapp");
        Assert.Contains("workloadProfileName: 'gpu'", worker, StringComparison.Ordinal);
        Assert.Contains("minReplicas: 0", worker, StringComparison.Ordinal);
        Assert.Contains("type: 'postgresql'", worker, StringComparison.Ordinal);
        Assert.Contains("hangfire.jobqueue", worker, StringComparison.Ordinal);
    }

    [Fact]
    public void Inference_is_open_to_the_outside_and_scales_on_requests_from_one_host_on()
    {
        var inference = published.Bicep("inference-containerapp");

        Assert.Contains("external: true", inference, StringComparison.Ordinal);
        Assert.Contains("minReplicas: 1", inference, StringComparison.Ordinal);
        Assert.Contains("concurrentRequests", inference, StringComparison.Ordinal);
    }

    [Fact]
    public void Registry_is_open_to_those_with_a_key_and_workers_to_those_inside_alone()
    {
        Assert.Contains("external: true", published.Bicep("controlplane-containerapp"), StringComparison.Ordinal);
        Assert.Contains("external: false", published.Bicep("worker-containerapp"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("controlplane")]
    [InlineData("worker")]
    [InlineData("inference")]
    public void Hosts_are_probed(string host)
    {
        var app = published.Bicep($"{host}-containerapp");

        Assert.Contains("type: 'Liveness'", app, StringComparison.Ordinal);
        Assert.Contains("path: '/alive'", app, StringComparison.Ordinal);
        Assert.Contains("type: 'Readiness'", app, StringComparison.Ordinal);
        Assert.Contains("path: '/health'", app, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("migration")]
    [InlineData("controlplane")]
    [InlineData("worker")]
    public void Roles_of_one_identity_open_the_stores(string host)
    {
        // Storage Blob Data Contributor.
        Assert.Contains("ba92f5b4-2d11-453d-a403-e96b0029c9fe", published.Bicep($"{host}-roles-storage"), StringComparison.Ordinal);
        Assert.Contains("flexibleServers/administrators", published.Bicep($"{host}-roles-postgres"), StringComparison.Ordinal);
        Assert.Contains("platform_outputs_id", published.Bicep($"{host}-containerapp"), StringComparison.Ordinal);
    }

    [Fact]
    public void Neither_store_takes_a_key_or_a_password()
    {
        Assert.Contains("allowSharedKeyAccess: false", published.Bicep("storage.module"), StringComparison.Ordinal);
        Assert.Contains("passwordAuth: 'Disabled'", published.Bicep("postgres.module"), StringComparison.Ordinal);
    }

    [Fact]
    public void Migration_is_a_job() => Assert.Contains("Microsoft.App/jobs", published.Bicep("migration-containerapp"), StringComparison.Ordinal);

    [Theory]
    [InlineData("pseudonym-secret")]
    [InlineData("admin-key")]
    [InlineData("inference-key")]
    public void Secret_is_asked_for_and_never_made_up(string name)
    {
        var value = published.Resources[name]!["inputs"]!["value"]!;

        Assert.True((bool)value["secret"]!);
        Assert.Null(value["default"]);
    }

    [Fact]
    public void Hosts_report_to_Application_Insights() =>
        Assert.NotNull(published.Resources["inference"]!["env"]!["APPLICATIONINSIGHTS_CONNECTION_STRING"]);
}
