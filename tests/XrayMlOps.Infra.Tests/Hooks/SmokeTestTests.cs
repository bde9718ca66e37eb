using System.Text.Json.Nodes;
using XrayMlOps.Infra.Tests.Azure;

namespace XrayMlOps.Infra.Tests.Hooks;

/// <summary>The smoke test of a deployment, run against <c>xray up</c> in place of the deployed hosts; and there, what scales the deployment's workers.</summary>
public sealed class SmokeTestTests(Deployments deployments)
{
    private const string AdminKey = "admin-0123456789abcdef0123456789";
    private const string CallerKey = "caller-0123456789abcdef0123456789";
    private const string ScalerKey = "scaler-0123456789abcdef0123456789";

    [Fact]
    public async Task Loop_turns_once_and_the_workers_scale_rule_reads_how_many_runs_are_left()
    {
        var data = Directory.CreateTempSubdirectory("xray-infra-tests-");
        try
        {
            using var platform = await XrayProcess.UpAsync(
                data.FullName, "chest-xray",
                ("Authentication__Keys__admin__Secret", AdminKey), ("Authentication__Keys__admin__Role", "admin"),
                ("Authentication__Keys__caller__Secret", CallerKey), ("Authentication__Keys__caller__Role", "caller"),
                ("Authentication__Keys__scaler__Secret", ScalerKey), ("Authentication__Keys__scaler__Role", "viewer"));
            var address = platform.Server.TrimEnd('/');

            var run = await ProgramRun.Of("sh", [RepositoryFiles.At("infra/hooks/smoke-test.sh")], new Dictionary<string, string>
            {
                ["SERVICE_CONTROLPLANE_URI"] = address,
                ["SERVICE_INFERENCE_URI"] = address,
                ["XRAY"] = Path.Combine(AppContext.BaseDirectory, "xray"),
                ["XRAY_DATA_DIR"] = data.FullName,
                ["XRAY_ADMIN_KEY"] = AdminKey,
                ["XRAY_CALLER_KEY"] = CallerKey,
            });

            Assert.Contains($"smoke-test:1 answers at {address}.", run.Succeeded().Output, StringComparison.Ordinal);
            Assert.Equal((1, 0), await RunsAsync(address));
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

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
