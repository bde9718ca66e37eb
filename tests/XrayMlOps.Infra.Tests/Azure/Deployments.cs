using System.Text.Json.Nodes;
using XrayMlOps.Infra.Tests.Azure;

[assembly: AssemblyFixture(typeof(Deployments))]

namespace XrayMlOps.Infra.Tests.Azure;

/// <summary>The deployments that tests look at, each reckoned once.</summary>
public sealed class Deployments
{
    private readonly Lazy<Task<Deployment>> _default = new(() => Deployment.ReckonAsync("param principalId = '00000000-0000-0000-0000-000000000003'"));
    private readonly Lazy<Task<Deployment>> _private = new(() => Deployment.ReckonAsync("param privateNetwork = true"));
    private readonly Lazy<Task<Deployment>> _plain = new(() => Deployment.ReckonAsync(
        "param workerProfile = 'Consumption'", "param oidcAuthority = 'https://issuer.example'", "param oidcAudience = 'xray'"));

    private readonly Lazy<Task<JsonNode>> _template = new(async () => JsonNode.Parse((await Bicep.RunAsync("build", RepositoryFiles.At("infra/main.bicep"), "--stdout")).Succeeded().Output)!);

    /// <summary>What the compiler makes of <c>infra/main.bicep</c>.</summary>
    internal Task<JsonNode> TemplateAsync() => _template.Value;

    internal Task<Deployment> DefaultAsync() => _default.Value;

    internal Task<Deployment> PrivateAsync() => _private.Value;

    /// <summary>Without a GPU, and with an issuer of tokens.</summary>
    internal Task<Deployment> PlainAsync() => _plain.Value;
}
