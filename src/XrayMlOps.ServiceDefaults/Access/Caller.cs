using System.Security.Claims;
using XrayMlOps.Core.Access;

namespace XrayMlOps.ServiceDefaults.Access;

/// <summary>Who asks, in one form however it was proven: a stable id, a name for people, and roles.</summary>
public static class Caller
{
    /// <param name="id">Stable and unique, such as <c>key:1f0c33a2b4d5</c> or <c>token:SUBJECT</c>.</param>
    /// <param name="scheme">How it was proven.</param>
    public static ClaimsPrincipal Of(string id, string name, IEnumerable<Role> roles, string scheme) => new(new CallerIdentity(
        id, [new Claim(ClaimTypes.NameIdentifier, id), new Claim(ClaimTypes.Name, name), .. roles.Select(role => new Claim(ClaimTypes.Role, RoleNames.Of(role)))], scheme));

    /// <summary>Null of one who is not known.</summary>
    public static string? Id(this ClaimsPrincipal caller) => caller.Identity is CallerIdentity known ? known.Id : caller.FindFirst(ClaimTypes.NameIdentifier)?.Value;

    public static string? Name(this ClaimsPrincipal caller) => caller.FindFirst(ClaimTypes.Name)?.Value;

    /// <summary><c>admin</c>, or several with commas.</summary>
    public static string Roles(this ClaimsPrincipal caller) => string.Join(", ", caller.FindAll(ClaimTypes.Role).Select(claim => claim.Value));

    /// <summary>Has its id at hand: to look for the claim costs garbage, at every request.</summary>
    private sealed class CallerIdentity(string id, IEnumerable<Claim> claims, string scheme) : ClaimsIdentity(claims, scheme)
    {
        public string Id => id;
    }
}
