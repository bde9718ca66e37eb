using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.ControlPlane.Tests.Access;

public sealed class TlsTests
{
    [Fact]
    public async Task Host_serves_tls_with_the_certificate_of_its_configuration()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=xray.test", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var folder = Directory.CreateTempSubdirectory("xray-tls-");
        try
        {
            var (file, keyFile) = (Path.Combine(folder.FullName, "xray.pem"), Path.Combine(folder.FullName, "xray.key"));
            File.WriteAllText(file, certificate.ExportCertificatePem());
            File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
            await using var host = await RegistryHost.StartAsync(settings: new()
            {
                ["Kestrel:Endpoints:Https:Url"] = "https://127.0.0.1:0",
                ["Kestrel:Endpoints:Https:Certificate:Path"] = file,
                ["Kestrel:Endpoints:Https:Certificate:KeyPath"] = keyFile,
            });
            using HttpClientHandler trusting = new() { ServerCertificateCustomValidationCallback = (_, shown, _, _) => shown?.Thumbprint == certificate.Thumbprint };
            using var client = new HttpClient(trusting) { BaseAddress = host.Http.BaseAddress }.WithTestKey();
            client.DefaultRequestHeaders.Host = "xray.test"; // of this machine browsers need not remember it

            using var response = await client.GetAsync("/api/datasets", RegistryHost.Token);

            Assert.Equal((HttpStatusCode.OK, "https"), (response.StatusCode, host.Http.BaseAddress!.Scheme));
            Assert.Contains("max-age=", Assert.Single(response.Headers.GetValues("Strict-Transport-Security")), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
