using System.Data.Common;
using Azure.Identity;
using Azure.Storage.Blobs;
using XrayMlOps.Core.Blobs;

namespace XrayMlOps.Storage.Blobs;

/// <summary>Opens the blob store that a connection string names.</summary>
public static class BlobStores
{
    public const string Forms =
        "the path of a folder, an Azure Storage connection string (or 'UseDevelopmentStorage=true'), a service address " +
        "'https://ACCOUNT.blob.core.windows.net', or 'Endpoint=…;ContainerName=…'";

    /// <summary>Name of the container where the connection string gives none.</summary>
    public const string DefaultContainer = "xraymlops";

    private const string ContainerName = "ContainerName";
    private const string Endpoint = "Endpoint";
    private static readonly string[] s_azure = ["UseDevelopmentStorage", "DefaultEndpointsProtocol", "AccountName", "BlobEndpoint"];

    /// <param name="connectionString">
    /// One of the <see cref="Forms"/>. An address without a shared access signature is used as the identity that <see cref="DefaultAzureCredential"/>
    /// finds, in Azure the managed identity. A container is named by <c>ContainerName=…</c> or the address's path.
    /// </param>
    /// <exception cref="FormatException">It is none of them. The message goes on after its name, and does not repeat it: it may hold a key.</exception>
    public static IBlobStore Open(string connectionString)
    {
        if (Uri.TryCreate(connectionString, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
            return At(address, container: null);
        if (connectionString.Contains("://", StringComparison.Ordinal) && !connectionString.Contains('=', StringComparison.Ordinal))
            throw new FormatException($"has an address that is not http or https: give {Forms}");

        DbConnectionStringBuilder keywords = [];
        try
        {
            keywords.ConnectionString = connectionString;
        }
        catch (ArgumentException problem)
        {
            if (connectionString.Contains(';', StringComparison.Ordinal)) throw new FormatException($"cannot be read ({problem.Message}): give {Forms}", problem);
        }
        var container = Take(keywords, ContainerName);
        if (Take(keywords, Endpoint) is { } endpoint)
        {
            return Uri.TryCreate(endpoint, UriKind.Absolute, out address) && address.Scheme is "http" or "https"
                ? At(address, container)
                : throw new FormatException($"has an Endpoint that is not an http or https address: give {Forms}");
        }
        if (s_azure.Any(keywords.ContainsKey)) return Named(string.Join(';', keywords.Keys.Cast<string>().Select(key => $"{key}={keywords[key]}")), container);
        return connectionString.Contains(';', StringComparison.Ordinal)
            ? throw new FormatException($"names neither a folder nor an account: give {Forms}")
            : new FolderBlobStore(connectionString);
    }

    private static AzureBlobStore Named(string connectionString, string? container)
    {
        try
        {
            return new AzureBlobStore(new BlobContainerClient(connectionString, container ?? DefaultContainer, AzureBlobStore.Options()));
        }
        catch (Exception problem) when (problem is FormatException or ArgumentException)
        {
            throw new FormatException($"is no Azure Storage connection string ({problem.Message}): give {Forms}", problem);
        }
    }

    private static AzureBlobStore At(Uri address, string? container)
    {
        var parts = new BlobUriBuilder(address);
        if (parts.BlobContainerName is "") parts.BlobContainerName = container ?? DefaultContainer;
        if (parts.Sas is not null) return new AzureBlobStore(new BlobContainerClient(parts.ToUri(), AzureBlobStore.Options()));
        return address.Scheme == Uri.UriSchemeHttps
            ? new AzureBlobStore(new BlobContainerClient(parts.ToUri(), new DefaultAzureCredential(), AzureBlobStore.Options()))
            : throw new FormatException($"has an http address, over which no identity is proved: give https, or {Forms}");
    }

    private static string? Take(DbConnectionStringBuilder keywords, string name)
    {
        var value = keywords.TryGetValue(name, out var found) ? (string)found : null;
        keywords.Remove(name);
        return value;
    }
}
