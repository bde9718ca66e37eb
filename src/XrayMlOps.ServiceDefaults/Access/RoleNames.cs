using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using XrayMlOps.Core.Access;

namespace XrayMlOps.ServiceDefaults.Access;

/// <summary>Roles as claims, configuration and messages write them: in lower case.</summary>
internal static class RoleNames
{
    private static readonly string[] s_names = [.. Enum.GetNames<Role>().Select(JsonNamingPolicy.CamelCase.ConvertName)];

    public static string Of(Role role) => s_names[(int)role];

    public static bool TryParse([NotNullWhen(true)] string? name, out Role role) => Enum.TryParse(name, ignoreCase: true, out role) && !char.IsAsciiDigit(name[0]);

    /// <summary><c>engineer or admin</c>.</summary>
    public static string List(IReadOnlyList<Role> roles) => roles switch
    {
        [] => "none",
        [var only] => Of(only),
        _ => $"{string.Join(", ", roles.SkipLast(1).Select(Of))} or {Of(roles[^1])}",
    };
}
