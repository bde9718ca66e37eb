using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace XrayMlOps.Infra.Tests.Azure;

/// <summary><c>azure.yaml</c> as azd's schema (v1.0) wants it, and in line with what it names: projects, hooks, the template's parameters and outputs.</summary>
public sealed partial class AzureYamlTests(Deployments deployments)
{
    // What azd's schema lets a file, a service, a hook and the hooks of each say.
    private static readonly string[] s_root = ["name", "resourceGroup", "metadata", "infra", "services", "resources", "pipeline", "hooks", "requiredVersions", "state", "platform", "workflows", "cloud"];
    private static readonly string[] s_service =
        ["apiVersion", "resourceGroup", "resourceName", "project", "image", "host", "language", "module", "dist", "docker", "config", "uses", "env", "hooks"];
    private static readonly string[] s_hook = ["shell", "kind", "dir", "run", "continueOnError", "interactive", "windows", "posix", "secrets"];
    private static readonly string[] s_commands = ["provision", "infracreate", "infradelete", "down", "up", "package", "publish", "deploy", "restore"];
    private static readonly string[] s_serviceEvents = ["deploy", "restore", "build", "package", "publish"];

    private static readonly YamlFile s_file = YamlFile.Read("azure.yaml");

    [Fact]
    public void File_says_what_the_schema_knows()
    {
        Assert.Matches("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", s_file.Text("name"));
        Assert.Empty(s_file.Keys("").Except(s_root));
        Assert.Empty(s_file.Keys("infra").Except(["provider", "path", "module", "layers"]));
        Assert.Empty(s_file.Keys("requiredVersions").Except(["azd", "extensions"]));
        Assert.Empty(s_file.Keys("pipeline").Except(["provider", "variables", "secrets"]));
        Assert.Contains(s_file.Text("pipeline/provider"), (string[])["github", "azdo"]);
        AssertHooks("hooks", s_commands);
        foreach (var service in s_file.Keys("services"))
        {
            Assert.Empty(s_file.Keys($"services/{service}").Except(s_service));
            Assert.Equal("containerapp", s_file.Text($"services/{service}/host"));
            Assert.True(s_file.Has($"services/{service}/project") ^ s_file.Has($"services/{service}/image"));
            Assert.Empty(s_file.List($"services/{service}/uses").Except(s_file.Keys("services")));
            AssertHooks($"services/{service}/hooks", s_serviceEvents);
        }
    }

    [Fact]
    public async Task Every_service_is_a_project_and_a_resource_tagged_for_it()
    {
        var deployment = await deployments.DefaultAsync();
        foreach (var service in s_file.Keys("services"))
        {
            var folder = s_file.Text($"services/{service}/project")!;
            Assert.NotEmpty(XDocument.Load(RepositoryFiles.At($"{folder}/{Path.GetFileName(folder)}.csproj")).Descendants("ContainerRepository"));
        }
        var tagged = deployment.Resources.Select(resource => resource.At("tags")?["azd-service-name"]?.GetValue<string>()).OfType<string>();
        Assert.Equal(s_file.Keys("services").Order(StringComparer.Ordinal), tagged.Order(StringComparer.Ordinal));
        Assert.All(deployment.Resources.Where(resource => resource["tags"] is not null), resource => Assert.Equal("test", resource["tags"]!["azd-env-name"]!.GetValue<string>()));
    }

    [Fact]
    public void Hosts_wait_for_the_migration()
    {
        Assert.Contains("migrate", s_file.List("services/controlplane/uses"));
        Assert.Contains("migrate", s_file.List("services/worker/uses"));
        Assert.EndsWith("migrate.sh", s_file.Text("services/migrate/hooks/postdeploy/run"), StringComparison.Ordinal);
        Assert.EndsWith("smoke-test.sh", s_file.Text("hooks/postdeploy/run"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parameters_are_the_template_s_and_their_defaults_too()
    {
        var template = (await deployments.TemplateAsync())["parameters"]!.AsObject();
        var given = JsonNode.Parse(RepositoryFiles.Read("infra/main.parameters.json"))!["parameters"]!.AsObject();
        Assert.Equal(template.Select(parameter => parameter.Key).Order(StringComparer.Ordinal), given.Select(parameter => parameter.Key).Order(StringComparer.Ordinal));
        foreach (var (name, parameter) in given)
        {
            if (DefaultOf().Match(parameter!.Text("value")) is { Success: true } match)
                Assert.Equal(template[name]!.Text("defaultValue"), match.Groups[1].Value);
        }
        // azd draws 15 characters at a time, and a key has at least 24.
        Assert.All(given["secrets"]!["value"]!.AsObject(), secret => Assert.Equal("$(secretOrRandomPassword)$(secretOrRandomPassword)", secret.Value!.GetValue<string>()));
    }

    [Fact]
    public async Task Hooks_read_what_the_template_puts_out()
    {
        var outputs = (await deployments.TemplateAsync())["outputs"]!.AsObject().Select(output => output.Key).ToHashSet();
        Assert.Contains("AZURE_CONTAINER_REGISTRY_ENDPOINT", outputs);
        var read = RepositoryFiles.Under("infra/hooks", "*.sh").SelectMany(file => Needed().Matches(RepositoryFiles.Read(file))).Select(match => match.Groups[1].Value).Distinct().ToArray();
        Assert.NotEmpty(read);
        Assert.Empty(read.Except(outputs));
    }

    [Fact]
    public void Pipeline_hands_on_every_setting()
    {
        var settings = Setting().Matches(RepositoryFiles.Read("infra/main.parameters.json")).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(settings, s_file.List("pipeline/variables").Order(StringComparer.Ordinal));
        var workflow = RepositoryFiles.Read(".github/workflows/azure-dev.yml");
        Assert.All(settings, setting => Assert.Contains($"vars.{setting}", workflow, StringComparison.Ordinal));
    }

    private static void AssertHooks(string path, string[] events)
    {
        Assert.Empty(s_file.Keys(path).Except(events.SelectMany(name => (string[])[$"pre{name}", $"post{name}"])));
        foreach (var hook in s_file.Keys(path))
        {
            Assert.Empty(s_file.Keys($"{path}/{hook}").Except(s_hook));
            Assert.Contains(s_file.Text($"{path}/{hook}/shell"), (string[])["sh", "pwsh"]);
            // From the project's folder, for a service's hook from the service's.
            var folder = path.StartsWith("services/", StringComparison.Ordinal) ? s_file.Text($"{Path.GetDirectoryName(path)}/project")! : "";
            Assert.True(File.Exists(Path.Combine(RepositoryFiles.At(folder), s_file.Text($"{path}/{hook}/run")!)), $"{path}/{hook} runs a file that is not there.");
        }
    }

    [GeneratedRegex(@"^\$\{\w+=(.*)\}$")]
    private static partial Regex DefaultOf();

    [GeneratedRegex(@"\$\{(\w+):\?")]
    private static partial Regex Needed();

    [GeneratedRegex(@"\$\{(XRAY_\w+)[=}]")]
    private static partial Regex Setting();
}
