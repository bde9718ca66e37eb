using System.Text.Json.Nodes;
using XrayMlOps.Infra.Tests.Azure;
using XrayMlOps.Testing.Servers;

[assembly: AssemblyFixture(typeof(SharedServers))]

namespace XrayMlOps.Infra.Tests.Hooks;

/// <summary>
/// The smoke test of a deployment, run against the same hosts in processes of their own, on PostgreSQL and with the deployment's keys; and there, what scales the
/// deployment's workers.
/// </summary>
public sealed class SmokeTestTests(Deployments deployments, SharedServers servers)
{
    private const string AdminKey = "admin-0123456789abcdef0123456789";
    private const string CallerKey = "caller-0123456789abcdef0123456789";
    private const string InferenceKey = "inference-0123456789abcdef012345";
    private const string ScalerKey = "scaler-0123456789abcdef0123456789";

    [Fact]
    public async Task Loop_turns_once_and_the_workers_scale_rule_reads_how_many_runs_are_left()
    {
        var data = Directory.CreateTempSubdirectory("xray-infra-tests-");
        try
        {
            var stores = new Dictionary<string, string>
            {
                ["ConnectionStrings__registry"] = await (await servers.PostgresAsync()).CreateDatabaseAsync(TestContext.Current.CancellationToken),
                ["ConnectionStrings__blobs"] = Path.Combine(data.FullName, "blobs"),
                ["TMPDIR"] = data.FullName,
            };
            await using var controlPlane = HostProcess.OfPlatform(
                "XrayMlOps.ControlPlane", [.. stores, .. Key("admin", AdminKey, "admin"), .. Key("inference", InferenceKey, "service"), .. Key("scaler", ScalerKey, "viewer")], "/health");
            await using var worker = HostProcess.OfPlatform("XrayMlOps.Worker", stores, "/health");
            await using var inference = HostProcess.OfPlatform(
                "XrayMlOps.InferenceApi",
                [new("ControlPlane__Url", controlPlane.Address.OriginalString), new("ControlPlane__ApiKey", InferenceKey), new("Inference__Folder", Path.Combine(data.FullName, "models")),
                 .. Key("caller", CallerKey, "caller")],
                "/health");
            foreach (var host in (HostProcess[])[controlPlane, worker, inference]) await host.StartAsync();

            var run = await ProgramRun.Of("sh", [RepositoryFiles.At("infra/hooks/smoke-test.sh")], new Dictionary<string, string>
            {
                ["SERVICE_CONTROLPLANE_URI"] = controlPlane.Address.OriginalString,
                ["SERVICE_INFERENCE_URI"] = inference.Address.OriginalString,
                ["XRAY"] = Path.Combine(AppContext.BaseDirectory, "xray"),
                ["XRAY_DATA_DIR"] = data.FullName,
                ["XRAY_ADMIN_KEY"] = AdminKey,
                ["XRAY_CALLER_KEY"] = CallerKey,
            });

            Assert.Contains($"smoke-test:1 answers at {inference.Address.OriginalString}.", run.Succeeded().Output, StringComparison.Ordinal);
            Assert.Equal((1, 0), await RunsAsync(controlPlane.Address.OriginalString));
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private static KeyValuePair<string, string>[] Key(string name, string secret, string role) =>
        [new($"Authentication__Keys__{name}__Secret", secret), new($"Authentication__Keys__{name}__Role", role)];

    /// <summary>All runs, and those that the scaler counts, asked as it does: with the rule's own address, header and place of the number.</summary>
    private async Task<(int All, int Counted)> RunsAsync(string address)
    {
        var rule = (await deployments.DefaultAsync()).App("worker").At("properties.template.scale.rules.0.custom.metadata")!;
        // An expression: the address that Azure gives the control plane, and the encoded filter behind it.
        var filter = rule.Text("url").Split('\'')[^2];
        Assert.Contains("/api/runs/count?filter={1}", rule.Text("url"), StringComparison.Ordinal);
        using HttpClient http = new();
        http.DefaultRequestHeaders.Add(rule.Text("keyParamName"), ScalerKey);
        return (await CountAsync(""), await CountAsync($"?filter={filter}"));

        async Task<int> CountAsync(string query) =>
            JsonNode.Parse(await http.GetStringAsync($"{address}/api/runs/count{query}", TestContext.Current.CancellationToken))![rule.Text("valueLocation")]!.GetValue<int>();
    }
}
