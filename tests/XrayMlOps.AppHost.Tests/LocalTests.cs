namespace XrayMlOps.AppHost.Tests;

/// <summary>The model that <c>aspire run</c> starts.</summary>
public sealed class LocalTests
{
    private static readonly string[] s_withoutEngine = ["--Platform:Containers=false", "--ConnectionStrings:registry=Host=db;Username=xray;Database=registry"];

    [Fact]
    public async Task Stores_run_in_containers()
    {
        await using var builder = await CreateAsync();

        Assert.Contains(builder.Resources, resource => resource is { Name: "postgres" } and PostgresServerResource);
        var storage = Assert.Single(builder.Resources, resource => resource.Name == "storage");
        Assert.Contains(storage.Annotations, annotation => annotation is ContainerImageAnnotation);
        Assert.Contains(storage.Annotations, annotation => annotation is ContainerMountAnnotation { Type: ContainerMountType.Volume });
    }

    [Fact]
    public async Task Without_an_engine_Azurite_comes_from_npm_and_PostgreSQL_is_given()
    {
        await using var builder = await CreateAsync(s_withoutEngine);

        Assert.Contains(builder.Resources, resource => resource is ExecutableResource { Name: "azurite" });
        Assert.DoesNotContain(builder.Resources, resource => resource.IsContainer());
        var registry = Assert.IsAssignableFrom<IResourceWithConnectionString>(Assert.Single(builder.Resources, resource => resource.Name == "registry"));
        Assert.Equal("Host=db;Username=xray;Database=registry", await registry.GetConnectionStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("controlplane")]
    [InlineData("worker")]
    public async Task Hosts_of_the_registry_wait_for_its_migration(string host)
    {
        await using var builder = await CreateAsync();

        Assert.Contains(Waits(builder, host), wait => wait is { Resource.Name: "migration", WaitType: WaitType.WaitForCompletion });
    }

    [Fact]
    public async Task Migration_waits_for_both_stores()
    {
        await using var builder = await CreateAsync();

        Assert.Superset(new HashSet<string> { "registry", "blobs" }, Waits(builder, "migration").Select(wait => wait.Resource.Name).ToHashSet());
    }

    [Fact]
    public async Task Inference_waits_for_the_control_plane_and_has_its_address_and_a_key()
    {
        await using var builder = await CreateAsync();

        Assert.Contains(Waits(builder, "inference"), wait => wait is { Resource.Name: "controlplane", WaitType: WaitType.WaitUntilHealthy });
        var environment = await EnvironmentAsync(builder, "inference");
        Assert.Equal("{controlplane.bindings.http.url}", environment["ControlPlane__Url"]);
        Assert.Equal("{inference-key.value}", environment["ControlPlane__ApiKey"]);
        Assert.True(Assert.Single(Host(builder, "inference").Annotations.OfType<EndpointAnnotation>()).IsExternal);
    }

    [Fact]
    public async Task Control_plane_knows_the_keys_and_the_pseudonym_secret()
    {
        await using var builder = await CreateAsync();

        var environment = await EnvironmentAsync(builder, "controlplane");

        Assert.Equal("{pseudonym-secret.value}", environment["ControlPlane__PseudonymSecret"]);
        Assert.Equal(("{admin-key.value}", "admin"), (environment["Authentication__Keys__admin__Secret"], environment["Authentication__Keys__admin__Role"]));
        Assert.Equal(("{inference-key.value}", "service"), (environment["Authentication__Keys__inference__Secret"], environment["Authentication__Keys__inference__Role"]));
        Assert.Equal("{registry.connectionString}", environment["ConnectionStrings__registry"]);
        Assert.Equal("{blobs.connectionString}", environment["ConnectionStrings__blobs"]);
    }

    [Fact]
    public async Task Workers_are_as_many_as_the_setting_says()
    {
        await using var builder = await CreateAsync("--Platform:Workers=3");

        Assert.Equal(3, Assert.Single(Host(builder, "worker").Annotations.OfType<ReplicaAnnotation>()).Replicas);
        Assert.Contains("Worker__Folder", await EnvironmentAsync(builder, "worker"));
    }

    [Theory]
    [InlineData("controlplane")]
    [InlineData("worker")]
    [InlineData("inference")]
    public async Task Hosts_are_probed(string host)
    {
        await using var builder = await CreateAsync();

        var probes = Host(builder, host).Annotations.OfType<EndpointProbeAnnotation>().ToDictionary(probe => probe.Type, probe => probe.Path);

        Assert.Equal(new() { [ProbeType.Liveness] = "/alive", [ProbeType.Readiness] = "/health" }, probes);
    }

    private static Task<IDistributedApplicationTestingBuilder> CreateAsync(params string[] args) =>
        DistributedApplicationTestingBuilder.CreateAsync<Projects.XrayMlOps_AppHost>(args, TestContext.Current.CancellationToken);

    private static ProjectResource Host(IDistributedApplicationTestingBuilder builder, string name) =>
        Assert.IsType<ProjectResource>(Assert.Single(builder.Resources, resource => resource.Name == name));

    private static IEnumerable<WaitAnnotation> Waits(IDistributedApplicationTestingBuilder builder, string host) => Host(builder, host).Annotations.OfType<WaitAnnotation>();

    /// <summary>Variables as the manifest would name their values.</summary>
    private static async Task<Dictionary<string, string>> EnvironmentAsync(IDistributedApplicationTestingBuilder builder, string host)
    {
        Dictionary<string, object> variables = [];
        var context = new EnvironmentCallbackContext(builder.ExecutionContext, Host(builder, host), variables, TestContext.Current.CancellationToken);
        foreach (var callback in Host(builder, host).Annotations.OfType<EnvironmentCallbackAnnotation>()) await callback.Callback(context);
        return variables.ToDictionary(variable => variable.Key, variable => variable.Value switch
        {
            IManifestExpressionProvider expression => expression.ValueExpression,
            var value => value.ToString() ?? "",
        });
    }
}
