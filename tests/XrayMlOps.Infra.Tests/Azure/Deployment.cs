using System.Text.Json;
using System.Text.Json.Nodes;

namespace XrayMlOps.Infra.Tests.Azure;

/// <summary>
/// The resources that a deployment of <c>infra/main.bicep</c> would make, reckoned by the compiler without Azure: every condition and loop is
/// resolved, and what only Azure knows stays an expression that names its resource.
/// </summary>
internal sealed class Deployment
{
    private const string Secret = "0123456789abcdef0123456789abcdef";

    private readonly JsonObject[] _resources;

    private Deployment(JsonObject[] resources) => _resources = resources;

    public IEnumerable<JsonObject> Resources => _resources;

    /// <param name="parameters">In Bicep, a line each, such as <c>param privateNetwork = true</c>.</param>
    public static async Task<Deployment> ReckonAsync(params IEnumerable<string> parameters)
    {
        var folder = Directory.CreateTempSubdirectory("xray-infra-tests-");
        try
        {
            var file = Path.Combine(folder.FullName, "test.bicepparam");
            var main = Path.GetRelativePath(folder.FullName, RepositoryFiles.At("infra/main.bicep"));
            string[] lines =
            [
                $"using '{main}'", "param environmentName = 'test'", "param location = 'swedencentral'",
                $"param secrets = {{ admin: '{Secret}', caller: '{Secret}', inference: '{Secret}', scaler: '{Secret}', pseudonym: '{Secret}' }}", .. parameters,
            ];
            await File.WriteAllLinesAsync(file, lines, TestContext.Current.CancellationToken);
            (await Bicep.RunAsync(
                "snapshot", file, "--location", "swedencentral", "--deployment-name", "test",
                "--subscription-id", "00000000-0000-0000-0000-000000000001", "--tenant-id", "00000000-0000-0000-0000-000000000002")).Succeeded();
            var snapshot = await File.ReadAllTextAsync(Path.ChangeExtension(file, ".snapshot.json"), TestContext.Current.CancellationToken);
            return new Deployment([.. JsonNode.Parse(snapshot)!["predictedResources"]!.AsArray().Select(resource => resource!.AsObject())]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public IEnumerable<JsonObject> OfType(string type) => _resources.Where(resource => resource.Text("type") == type);

    public JsonObject Only(string type) => Assert.Single(OfType(type));

    /// <summary>A host, by the name of its service.</summary>
    public JsonObject App(string service) => Assert.Single(OfType("Microsoft.App/containerApps"), app => app.Text("name") == service);

    /// <summary>The roles of a host's identity, each as the role's id and the resource that it counts on.</summary>
    public IReadOnlyList<(string Role, string Scope)> RolesOf(string service) =>
    [
        .. OfType("Microsoft.Authorization/roleAssignments")
            .Where(assignment => assignment.Text("properties.principalId").Contains($"/id-{service}-", StringComparison.Ordinal))
            .Select(assignment => (assignment.Text("properties.roleDefinitionId").Split('/')[^1], assignment.Text("id").Split("/providers/Microsoft.Authorization/")[0])),
    ];
}

/// <summary>Reads JSON by paths such as <c>properties.template.scale</c>.</summary>
internal static class JsonPaths
{
    public static JsonNode? At(this JsonNode node, string path) =>
        path.Split('.').Aggregate((JsonNode?)node, (at, name) => int.TryParse(name, out var index) ? at?[index] : at?[name]);

    /// <summary>A string or number or truth value as text; empty if there is none.</summary>
    public static string Text(this JsonNode node, string path) => node.At(path) switch
    {
        null => "",
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        var other => other.ToJsonString(),
    };

    public static IReadOnlyList<JsonNode> Items(this JsonNode node, string path) => node.At(path) is JsonArray array ? [.. array.Select(item => item!)] : [];
}
