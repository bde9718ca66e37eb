using System.Net;
using System.Security.Cryptography;
using System.Text;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.ControlPlane.Tests.Patients;

public sealed class PseudonymTests
{
    private const string Setting = "ControlPlane:PseudonymSecret";

    [Theory]
    [InlineData("c2l4dGVlbiBieXRlcyBvciBtb3Jl", "sixteen bytes or more")]
    [InlineData("a secret that is no base64!", "a secret that is no base64!")]
    public async Task Key_is_the_beginning_of_the_mac_of_the_patient_number(string setting, string secret)
    {
        await using var host = await RegistryHost.StartAsync(settings: new() { [Setting] = setting });

        var response = await host.PostAsync<PseudonymRequest, PseudonymResponse>("/api/patients/pseudonyms", new PseudonymRequest(["4711", "0815", "4711"]), HttpStatusCode.OK);

        Assert.Equal(new[] { "4711", "0815", "4711" }.Select(KeyOf), response.Keys);

        string KeyOf(string patient) => "p-" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(patient)))[..32];
    }

    [Fact]
    public async Task Deployment_without_a_secret_says_what_to_set()
    {
        await using var host = await RegistryHost.StartAsync();

        var detail = await RegistryHost.ProblemAsync(HttpStatusCode.ServiceUnavailable, host.PostAsync("/api/patients/pseudonyms", new PseudonymRequest(["4711"])));

        Assert.Contains(Setting, detail, StringComparison.Ordinal);
        Assert.DoesNotContain("4711", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secret_that_is_too_short_stops_the_host_without_being_told()
    {
        var problem = await Assert.ThrowsAnyAsync<Exception>(() => RegistryHost.StartAsync(settings: new() { [Setting] = "short" }));

        Assert.Contains(Setting, problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("short", problem.Message, StringComparison.Ordinal);
    }
}
