using System.Text.RegularExpressions;

namespace XrayMlOps.Infra.Tests.Containers;

/// <summary><c>compose.yaml</c>: services wait for what they need, nobody is root, nothing has a password that everybody knows.</summary>
public sealed partial class ComposeTests
{
    private const string Hosts = "controlplane inference migrate worker";
    private static readonly YamlFile s_file = YamlFile.Read("compose.yaml");
    private static readonly IReadOnlyList<string> s_services = s_file.Keys("services");

    [Fact]
    public void Platform_and_its_stores_are_services() =>
        Assert.Equal(["azurite", "controlplane", "inference", "migrate", "postgres", "worker"], s_services.Order(StringComparer.Ordinal));

    [Fact]
    public void Every_service_is_confined()
    {
        foreach (var service in s_services)
        {
            Assert.Equal("true", s_file.Text($"services/{service}/read_only"));
            Assert.Equal(["ALL"], s_file.List($"services/{service}/cap_drop"));
            Assert.Equal(["no-new-privileges:true"], s_file.List($"services/{service}/security_opt"));
            Assert.Contains(s_file.List($"services/{service}/tmpfs"), folder => folder.Split(':')[0] == "/tmp");
            Assert.Matches("^[1-9][0-9]*:[1-9][0-9]*$", s_file.Text($"services/{service}/user"));
        }
        Assert.All(Hosts.Split(' '), host => Assert.Equal("1654:1654", s_file.Text($"services/{host}/user")));
    }

    [Theory]
    [InlineData("migrate", "postgres", "service_healthy")]
    [InlineData("migrate", "azurite", "service_healthy")]
    [InlineData("controlplane", "migrate", "service_completed_successfully")]
    [InlineData("worker", "migrate", "service_completed_successfully")]
    [InlineData("inference", "controlplane", "service_started")]
    public void Service_waits_for_what_it_needs(string service, string need, string condition)
    {
        Assert.Equal(condition, s_file.Text($"services/{service}/depends_on/{need}/condition"));
        if (condition == "service_healthy") Assert.Equal("CMD", s_file.List($"services/{need}/healthcheck/test")[0]);
    }

    [Fact]
    public void Secrets_are_asked_for_and_have_no_default()
    {
        var asked = 0;
        foreach (var service in s_services)
        {
            foreach (var (name, value) in s_file.Map($"services/{service}/environment"))
            {
                foreach (Match variable in Variable().Matches(value))
                {
                    Assert.Matches(@"^\$\{[A-Z_]+:\?.+\}$", variable.Value);
                    asked++;
                }
                if (Secretive().IsMatch(name)) Assert.Matches(@"^(\w+:)?\$\{[A-Z_]+:\?[^}]+\}$", value);
                Assert.DoesNotMatch(@"(Password|AccountKey)=(?!\$\{)", value);
            }
        }
        Assert.Equal(13, asked);
    }

    [Fact]
    public void Only_the_machine_itself_reaches_the_published_ports() =>
        Assert.All(s_services.SelectMany(service => s_file.List($"services/{service}/ports")), port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal));

    [Fact]
    public void Images_of_hosts_are_those_that_their_projects_name()
    {
        foreach (var host in Hosts.Split(' '))
        {
            var repository = s_file.Text($"services/{host}/image")!.Split(':')[0];
            Assert.Contains(RepositoryFiles.Under("src", "*.csproj"), project => RepositoryFiles.Read(project).Contains($"<ContainerRepository>{repository}</ContainerRepository>", StringComparison.Ordinal));
        }
    }

    [GeneratedRegex(@"\$\{[^}]*\}|\$\w+")]
    private static partial Regex Variable();

    [GeneratedRegex("(Secret|ApiKey|PASSWORD|ACCOUNTS)$")]
    private static partial Regex Secretive();
}
