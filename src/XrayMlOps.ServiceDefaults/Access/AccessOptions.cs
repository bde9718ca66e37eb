using XrayMlOps.Core.Access;

namespace XrayMlOps.ServiceDefaults.Access;

/// <summary>Configuration section <c>Authentication</c>.</summary>
public sealed class AccessOptions
{
    public const string Section = "Authentication";

    /// <summary>Keys by name, beside those of the registry. What is changed here while a host runs counts at once.</summary>
    public Dictionary<string, DeclaredKey> Keys { get; set; } = [];

    /// <summary>Whose bearer tokens are taken; without an authority, nobody's.</summary>
    public OidcOptions Oidc { get; set; } = new();
}

/// <summary>A key that the deployment declares: a secret of its store, known to whoever sets up the callers.</summary>
public sealed class DeclaredKey
{
    /// <summary>At least 24 printable ASCII characters, without a dot: what the caller sends.</summary>
    public string? Secret { get; set; }

    public Role? Role { get; set; }

    /// <summary>From when on it is refused; none: never.</summary>
    public DateTimeOffset? Expires { get; set; }
}

/// <summary>Section <c>Authentication:Oidc</c>: an OpenID Connect issuer, such as Entra ID.</summary>
public sealed class OidcOptions
{
    /// <summary>The issuer's address, under which its <c>/.well-known/openid-configuration</c> is, such as <c>https://login.microsoftonline.com/TENANT/v2.0</c>.</summary>
    public Uri? Authority { get; set; }

    /// <summary>Whom tokens must be meant for: this platform's application id or URI there.</summary>
    public string? Audience { get; set; }

    /// <summary>The claim that roles are read from.</summary>
    public string RoleClaim { get; set; } = "roles";

    /// <summary>What the issuer calls our roles, such as a group's id; the roles' own names always count.</summary>
    public Dictionary<string, Role> Roles { get; set; } = [];
}
