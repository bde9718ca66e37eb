using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Storage.Tests;

public sealed class StorageHealthTests(SharedServers servers)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stores_that_answer_are_healthy() =>
        Assert.All((await CheckAsync(await DatabaseAsync(), (await servers.AzuriteAsync()).ConnectionString)).Entries, check => Assert.Equal(HealthStatus.Healthy, check.Value.Status));

    [Fact]
    public async Task Stores_that_do_not_answer_are_told_apart()
    {
        var database = await DatabaseAsync();

        var noBlobs = await CheckAsync(database, "http://127.0.0.1:9/account/films?sv=2024-11-04&sr=c&sig=none");
        Assert.Equal((HealthStatus.Healthy, HealthStatus.Unhealthy), (noBlobs.Entries["registry"].Status, noBlobs.Entries["blobs"].Status));

        var noDatabase = await CheckAsync("Host=127.0.0.1;Port=9", (await servers.AzuriteAsync()).ConnectionString);
        Assert.Equal((HealthStatus.Unhealthy, HealthStatus.Healthy), (noDatabase.Entries["registry"].Status, noDatabase.Entries["blobs"].Status));
    }

    private async Task<string> DatabaseAsync() => await (await servers.PostgresAsync()).CreateDatabaseAsync(Token);

    private static async Task<HealthReport> CheckAsync(string registry, string blobs)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration["ConnectionStrings:registry"] = registry;
        builder.Configuration["ConnectionStrings:blobs"] = blobs;
        builder.AddRegistryStorage();
        await using var services = builder.Services.AddLogging().BuildServiceProvider();
        return await services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Token);
    }
}
