using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using XrayMlOps.ServiceDefaults.Access;

namespace XrayMlOps.Cli.Tests.Access;

public sealed class PolicyWalkTests(Platform platform)
{
    /// <summary>Those that anyone may ask, each for a reason.</summary>
    private static readonly string[] s_open =
        ["/", "/alive", "/health", "/inference.GRPCInferenceService/ServerLive", "/inference.GRPCInferenceService/ServerReady", "/signin", "/v2/health/live", "/v2/health/ready"];

    [Fact]
    public void Every_endpoint_of_every_host_names_its_policy()
    {
        var endpoints = Endpoints();
        Assert.True(endpoints.Count > 80, $"only {endpoints.Count} endpoints were found");
        Assert.Empty(endpoints.Where(endpoint => !IsOpen(endpoint) && !NamesPolicy(endpoint)).Select(endpoint => endpoint.DisplayName));
    }

    [Fact]
    public void Endpoints_that_anyone_may_ask_are_these() =>
        Assert.Equal(s_open, Endpoints().Where(IsOpen).Select(endpoint => $"/{endpoint.RoutePattern.RawText?.TrimStart('/')}").Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void Every_endpoint_that_can_change_something_is_audited_or_says_that_it_changes_nothing()
    {
        var untold = Endpoints()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/api", StringComparison.Ordinal))
            .Where(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Any(method => !HttpMethods.IsGet(method)))
            .Where(endpoint => !endpoint.Metadata.Any(mark => mark.GetType().Name is "Audited" or "NotAudited"));
        Assert.Empty(untold.Select(endpoint => endpoint.DisplayName));
    }

    private IReadOnlyList<RouteEndpoint> Endpoints() => [.. platform.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    private static bool IsOpen(Endpoint endpoint) => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null;

    private static bool NamesPolicy(Endpoint endpoint) =>
        endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>() is { Count: > 0 } demands && demands.All(demand => demand.Policy is { } policy && Policies.Names.Contains(policy));
}
