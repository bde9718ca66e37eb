namespace XrayMlOps.AppHost;

internal static class Azurite
{
    /// <summary>The account that every Azurite has, and its key, which its documentation tells everyone.</summary>
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    /// <summary>What a request without a key gets.</summary>
    private const int Forbidden = 403;

    /// <summary>Azurite without a container: installed and started by npm, its blobs in <c>artifacts/apphost</c>.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddAzurite(this IDistributedApplicationBuilder builder)
    {
        var azurite = builder.AddExecutable(
                "azurite", "npx", "..",
                "--yes", "--package", "azurite@3.37.0", "azurite-blob", "--skipApiVersionCheck", "--disableTelemetry", "--silent", "--location", "artifacts/apphost/azurite")
            .WithHttpEndpoint(name: "blob");
        var endpoint = azurite.GetEndpoint("blob");
        azurite.WithArgs("--blobPort", endpoint.Property(EndpointProperty.TargetPort))
            .WithHttpHealthCheck($"/{Account}?comp=list", statusCode: Forbidden, endpointName: "blob");
        return builder.AddConnectionString(
                "blobs", ReferenceExpression.Create($"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint={endpoint.Property(EndpointProperty.Url)}/{Account}"))
            .WaitFor(azurite);
    }
}
