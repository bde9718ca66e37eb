using Microsoft.AspNetCore.Builder;

namespace XrayMlOps.Storage.Tests;

public sealed class RegistryStorageTests
{
    [Theory]
    [InlineData(null, "blobs", "ConnectionStrings:registry is not set")]
    [InlineData("Data Source=:memory:", null, "ConnectionStrings:blobs is not set")]
    [InlineData("registry.db", "blobs", "ConnectionStrings:registry cannot be read")]
    [InlineData("Data Source=:memory:", "s3://films", "ConnectionStrings:blobs has an address that is not http or https")]
    public void Connection_string_that_is_missing_or_malformed_is_named_at_once(string? registry, string? blobs, string expected)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration["ConnectionStrings:registry"] = registry;
        builder.Configuration["ConnectionStrings:blobs"] = blobs;

        var problem = Assert.Throws<InvalidOperationException>(() => builder.AddRegistryStorage());

        Assert.StartsWith(expected, problem.Message, StringComparison.Ordinal);
    }
}
