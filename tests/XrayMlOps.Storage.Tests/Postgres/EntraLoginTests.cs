using Hangfire;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using XrayMlOps.Storage.Jobs;
using XrayMlOps.Storage.Models;
using XrayMlOps.Storage.Postgres;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Storage.Tests.Postgres;

public sealed class EntraLoginTests(SharedServers servers)
{
    private const string ManagedIdentity =
        """{"xms_mirid":"/subscriptions/1/resourcegroups/xray/providers/Microsoft.ManagedIdentity/userAssignedIdentities/xray-hosts"}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Host=registry.postgres.database.azure.com;Username=xray", true)]
    [InlineData("Host=REGISTRY.Postgres.Database.Azure.com:5432;Database=registry", true)]
    [InlineData("Host=registry.postgres.database.azure.com;Username=xray;Password=a", false)]
    [InlineData("Host=registry.postgres.database.azure.com;Username=xray;Passfile=/run/pgpass", false)]
    [InlineData("Host=postgres.example;Username=xray", false)]
    [InlineData("Host=postgres.database.azure.com.example;Username=xray", false)]
    public void Identity_logs_in_to_a_host_in_Azure_without_a_password(string connectionString, bool expected) =>
        Assert.Equal(expected, EntraLogin.IsMeantBy(new NpgsqlConnectionStringBuilder(connectionString)));

    [Theory]
    [InlineData("xray-hosts", ManagedIdentity, "{}")]
    [InlineData("ada@example.org", """{"upn":"ada@example.org","unique_name":"ada"}""", "{}")]
    [InlineData("bob@example.org", "{}", """{"preferred_username":"bob@example.org"}""")]
    public void User_whom_the_connection_string_does_not_name_is_the_one_of_the_token(string expected, string management, string database)
    {
        NpgsqlDataSourceBuilder builder = new("Host=registry.postgres.database.azure.com");

        builder.UseEntra(new Identity(management, database));

        Assert.Equal((expected, SslMode.VerifyFull), (builder.ConnectionStringBuilder.Username, builder.ConnectionStringBuilder.SslMode));
    }

    [Fact]
    public void Token_that_names_nobody_is_told_with_what_to_do()
    {
        var problem = Assert.Throws<InvalidOperationException>(() => new NpgsqlDataSourceBuilder("Host=registry.postgres.database.azure.com").UseEntra(new Identity("{}", "{}")));

        Assert.Contains("Username=", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Registry_and_jobs_log_in_with_tokens_for_the_database()
    {
        Identity identity = new(ManagedIdentity, """{"oid":"2"}""");
        var withoutUser = new NpgsqlConnectionStringBuilder(await (await servers.PostgresAsync()).CreateDatabaseAsync("xray-hosts", identity.DatabaseToken, Token))
        {
            Username = null,
            SslMode = SslMode.Disable, // the server of the tests has no certificate
        };
        using PostgresDatabase postgres = new(withoutUser, identity);
        using RegistryDatabase database = new(postgres);

        await RegistrySchema.UpdateAllAsync(database, Token);
        await using (var registry = database.CreateDbContext())
        {
            Assert.True(await registry.Database.CanConnectAsync(Token));
            registry.Models.Add(new RegisteredModel { Name = "m", CreatedAt = TemporaryRegistry.Start });
            await registry.SaveChangesAsync(Token);
        }

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddLogging().AddSingleton<IDbContextFactory<RegistryDbContext>>(database);
        builder.AddJobStorage();
        await using var services = builder.Services.BuildServiceProvider();
        services.GetRequiredService<IBackgroundJobClient>().Enqueue(() => Console.WriteLine());
        Assert.Equal(1, services.GetRequiredService<JobStorage>().GetMonitoringApi().EnqueuedCount("default"));
        Assert.Contains("https://ossrdbms-aad.database.windows.net/.default", identity.Asked);
    }

    [Fact]
    public async Task Token_that_the_database_does_not_take_is_refused()
    {
        Identity identity = new("{}", "{}");
        NpgsqlConnectionStringBuilder settings = new(await (await servers.PostgresAsync()).CreateDatabaseAsync("xray-other", "anotherpassword", Token)) { SslMode = SslMode.Disable };
        using PostgresDatabase postgres = new(settings, identity);

        await using var connection = postgres.CreateConnection();

        Assert.Equal(PostgresErrorCodes.InvalidPassword, (await Assert.ThrowsAsync<PostgresException>(() => connection.OpenAsync(Token))).SqlState);
    }
}
