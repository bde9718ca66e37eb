using System.Collections.Frozen;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using XrayMlOps.Core.Access;

namespace XrayMlOps.ServiceDefaults.Access;

/// <summary>What an endpoint may demand of its caller. Every endpoint names one of these, or allows everyone; where one names nothing, nobody gets in.</summary>
public static class Policies
{
    /// <summary>To see what is served, and the documents of the API: any caller that is known.</summary>
    public const string Known = "known";

    /// <summary>To see what is in the registry.</summary>
    public const string Look = "look";

    /// <summary>To see models and read blobs, as the inference API must too.</summary>
    public const string ReadModels = "read models";

    /// <summary>To ask what a film shows.</summary>
    public const string Predict = "predict";

    /// <summary>To say what a film really shows.</summary>
    public const string GiveFeedback = "give feedback";

    /// <summary>To push, train, register, promote and schedule.</summary>
    public const string Change = "change";

    /// <summary>What cannot be undone, and what is to be known or decided of callers.</summary>
    public const string Administer = "administer";

    /// <summary>What hosts of the platform ask of each other.</summary>
    public const string Serve = "serve";

    private static readonly FrozenDictionary<string, Role[]> s_roles = new Dictionary<string, Role[]>
    {
        [Known] = Enum.GetValues<Role>(),
        [Look] = [Role.Viewer, Role.Reviewer, Role.Engineer, Role.Admin],
        [ReadModels] = [Role.Viewer, Role.Reviewer, Role.Engineer, Role.Admin, Role.Service],
        [Predict] = [Role.Caller, Role.Engineer, Role.Admin],
        [GiveFeedback] = [Role.Reviewer, Role.Caller, Role.Engineer, Role.Admin, Role.Service],
        [Change] = [Role.Engineer, Role.Admin],
        [Administer] = [Role.Admin],
        [Serve] = [Role.Service, Role.Admin],
    }.ToFrozenDictionary();

    /// <summary>The names of all policies.</summary>
    public static IEnumerable<string> Names => s_roles.Keys;

    /// <summary>The roles that a policy lets in; none if there is no such policy.</summary>
    public static IReadOnlyList<Role> RolesOf(string policy) => s_roles.GetValueOrDefault(policy) ?? [];

    /// <summary>Whether an endpoint lets a role in by what its policies say alone. False also where it demands something else, which ASP.NET's authorization must judge.</summary>
    internal static bool Admit(Role role, Endpoint? endpoint)
    {
        if (endpoint?.Metadata.GetOrderedMetadata<IAuthorizeData>() is not { Count: > 0 } demands) return false;
        foreach (var demand in demands)
        {
            if (demand is not { Policy: { } policy, Roles: null, AuthenticationSchemes: null } || !s_roles.TryGetValue(policy, out var roles) || !roles.Contains(role)) return false;
        }
        return true;
    }

    internal static void Add(AuthorizationOptions options)
    {
        foreach (var (name, roles) in s_roles) options.AddPolicy(name, policy => policy.RequireRole(roles.Select(RoleNames.Of)));
        // An endpoint that names no policy lets nobody in. That there is none at a path, or none for a method, is nobody's secret.
        options.FallbackPolicy = new AuthorizationPolicyBuilder()
            .RequireAssertion(context => context.Resource is HttpContext http && http.GetEndpoint() is not RouteEndpoint)
            .Build();
    }
}
