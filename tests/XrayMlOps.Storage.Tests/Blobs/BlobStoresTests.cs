using XrayMlOps.Storage.Blobs;

namespace XrayMlOps.Storage.Tests.Blobs;

public sealed class BlobStoresTests
{
    private const string Account = "DefaultEndpointsProtocol=https;AccountName=films;AccountKey=aHVzaA==;EndpointSuffix=core.windows.net";

    [Theory]
    [InlineData(Account, "https://films.blob.core.windows.net/xraymlops")]
    [InlineData(Account + ";ContainerName=chest", "https://films.blob.core.windows.net/chest")]
    [InlineData("UseDevelopmentStorage=true", "http://127.0.0.1:10000/devstoreaccount1/xraymlops")]
    [InlineData("https://films.blob.core.windows.net", "https://films.blob.core.windows.net/xraymlops")]
    [InlineData("https://films.blob.core.windows.net/chest", "https://films.blob.core.windows.net/chest")]
    [InlineData("https://films.blob.core.windows.net/chest?sv=2024-11-04&sr=c&sig=aHVzaA%3D%3D", "https://films.blob.core.windows.net/chest")]
    [InlineData("Endpoint=https://films.blob.core.windows.net/;ContainerName=chest", "https://films.blob.core.windows.net/chest")]
    [InlineData("Endpoint=\"https://films.blob.core.windows.net/\";ContainerName=chest", "https://films.blob.core.windows.net/chest")]
    [InlineData("Endpoint=https://films.blob.core.windows.net/", "https://films.blob.core.windows.net/xraymlops")]
    public void Azure_Storage_is_named_in_every_form(string connectionString, string container)
    {
        var store = Assert.IsType<AzureBlobStore>(BlobStores.Open(connectionString));

        Assert.Equal(container, store.ToString());
    }

    [Theory]
    [InlineData("blobs")]
    [InlineData("films=good")]
    public void Folder_is_named_by_its_path(string name)
    {
        var folder = Directory.CreateTempSubdirectory("xray-blobs-");
        try
        {
            Assert.IsType<FolderBlobStore>(BlobStores.Open(Path.Combine(folder.FullName, name)));
            Assert.True(Directory.Exists(Path.Combine(folder.FullName, name)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("s3://films")]
    [InlineData("http://films.example/hush")]
    [InlineData("AccountName=films;AccountKey=hush!")]
    [InlineData("Endpoint=films;ContainerName=hush")]
    [InlineData("Server=films;Password=hush")]
    [InlineData("=;hush")]
    public void Connection_string_that_names_no_store_is_refused_with_the_forms_and_without_its_secrets(string connectionString)
    {
        var problem = Assert.Throws<FormatException>(() => BlobStores.Open(connectionString));

        Assert.Contains(BlobStores.Forms, problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", problem.Message, StringComparison.Ordinal);
    }
}
