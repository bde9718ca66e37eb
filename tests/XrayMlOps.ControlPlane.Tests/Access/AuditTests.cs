using System.Data.Common;
using System.Net;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core;
using XrayMlOps.Core.Access;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.ControlPlane.Tests.Access;

public sealed class AuditTests(SharedServers servers)
{
    [Theory]
    [InlineData(Deployment.Embedded)]
    [InlineData(Deployment.Cloud)]
    public async Task Change_is_told_with_who_made_it_and_what_was_before_and_after(Deployment deployment)
    {
        await using var host = await RegistryHost.StartAsync(deployment, servers);
        var made = await KeyEndpointsTests.MakeAsync(host, "audited", Role.Caller);
        using (await host.Http.DeleteAsync($"/api/keys/{made.Issued.Id}", RegistryHost.Token))
        {
        }

        var (revoked, created) = await EntriesAsync(host) is [var last, var first] ? (last, first) : throw new InvalidOperationException("There are not two entries.");

        Assert.Equal(("key:test", "test", "admin"), (created.Caller, created.CallerName, created.Role));
        Assert.Equal(("POST /api/keys/", "/api/keys"), (created.Action, created.Target));
        Assert.Null(created.Before);
        Assert.Equal("audited", created.After!.Value.GetProperty($"ApiKey/{made.Issued.Id}").GetProperty("name").GetString());
        Assert.NotNull(created.RemoteAddress);
        Assert.Equal(("DELETE /api/keys/{id}", $"/api/keys/{made.Issued.Id}"), (revoked.Action, revoked.Target));
        Assert.Equal(["revokedAt"], revoked.After!.Value.GetProperty($"ApiKey/{made.Issued.Id}").EnumerateObject().Select(property => property.Name));
        var text = $"{created.After} {revoked.After} {revoked.Before}";
        Assert.DoesNotContain(made.Key, text, StringComparison.Ordinal);
        Assert.DoesNotContain(ApiKeyDigest.Of(made.Key).ToString(), text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Entries_are_found_by_caller_path_and_time()
    {
        await using var host = await RegistryHost.StartAsync();
        await KeyEndpointsTests.MakeAsync(host, "one", Role.Caller);
        await KeyEndpointsTests.MakeAsync(host, "two", Role.Caller);

        Assert.Equal(2, (await EntriesAsync(host, "caller=test")).Count);
        Assert.Equal(2, (await EntriesAsync(host, "caller=key:test&target=/api/keys&from=2020-01-01T00:00:00Z")).Count);
        Assert.Empty(await EntriesAsync(host, "caller=another"));
        Assert.Empty(await EntriesAsync(host, "target=/api/models"));
        Assert.Empty(await EntriesAsync(host, "to=2020-01-01T00:00:00Z"));
        var page = await host.GetAsync<Page<AuditEntryResponse>>("/api/audit?limit=1");
        Assert.Single((await host.GetAsync<Page<AuditEntryResponse>>($"/api/audit?limit=1&after={page.Next}")).Items);
    }

    [Fact]
    public async Task Request_that_is_refused_changes_nothing_and_leaves_no_entry()
    {
        await using var host = await RegistryHost.StartAsync();
        await RegistryHost.ProblemAsync(HttpStatusCode.UnprocessableEntity, host.PostAsync("/api/keys", new CreateKeyRequest("no name!", Role.Caller)));
        Assert.Empty(await EntriesAsync(host));
    }

    [Theory]
    [InlineData(Deployment.Embedded)]
    [InlineData(Deployment.Cloud)]
    public async Task Database_refuses_to_change_or_remove_an_entry(Deployment deployment)
    {
        await using var host = await RegistryHost.StartAsync(deployment, servers);
        await KeyEndpointsTests.MakeAsync(host, "stays", Role.Caller);

        await Assert.ThrowsAnyAsync<DbException>(() => host.WithRegistryAsync(registry => registry.AuditEntries.ExecuteDeleteAsync(RegistryHost.Token)));
        await Assert.ThrowsAnyAsync<DbException>(
            () => host.WithRegistryAsync(registry => registry.AuditEntries.ExecuteUpdateAsync(set => set.SetProperty(entry => entry.CallerName, "another"), RegistryHost.Token)));
        Assert.Equal("test", Assert.Single(await EntriesAsync(host)).CallerName);
    }

    private static async Task<IReadOnlyList<AuditEntryResponse>> EntriesAsync(RegistryHost host, string query = "") =>
        (await host.GetAsync<Page<AuditEntryResponse>>($"/api/audit?{query}")).Items;
}
