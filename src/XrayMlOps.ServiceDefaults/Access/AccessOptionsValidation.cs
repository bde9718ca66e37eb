using Microsoft.Extensions.Options;
using XrayMlOps.Core.Access;

namespace XrayMlOps.ServiceDefaults.Access;

/// <summary>Says everything that is wrong with the section at once, and no secret.</summary>
internal sealed class AccessOptionsValidation : IValidateOptions<AccessOptions>
{
    public ValidateOptionsResult Validate(string? name, AccessOptions options)
    {
        var problems = options.Keys.SelectMany(key => ProblemsOf(key.Key, key.Value)).Concat(ProblemsOf(options.Oidc)).ToList();
        foreach (var same in options.Keys.Where(key => key.Value.Secret is not null).GroupBy(key => key.Value.Secret).Where(keys => keys.Count() > 1))
            problems.Add($"{AccessOptions.Section}:Keys {string.Join(" and ", same.Select(key => key.Key))} have the same secret: whose it is could not be told.");
        return problems.Count > 0 ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
    }

    private static IEnumerable<string> ProblemsOf(string name, DeclaredKey key)
    {
        var path = $"{AccessOptions.Section}:Keys:{name}";
        if (!ApiKeyText.IsWellFormed(key.Secret))
            yield return $"{path}:Secret must be at least {ApiKeyText.Shortest} printable ASCII characters without spaces and dots, such as 'openssl rand -hex 32' prints.";
        if (key.Role is null) yield return $"{path}:Role is missing: give {RoleNames.List(Enum.GetValues<Role>())}.";
    }

    private static IEnumerable<string> ProblemsOf(OidcOptions oidc)
    {
        const string path = $"{AccessOptions.Section}:Oidc";
        if (oidc.Authority is not { } authority) yield break;
        if (!authority.IsAbsoluteUri || !(authority.Scheme == Uri.UriSchemeHttps || authority.IsLoopback))
            yield return $"{path}:Authority must begin with https:// (http:// only on loopback).";
        if (string.IsNullOrWhiteSpace(oidc.Audience)) yield return $"{path}:Audience is missing: without it, tokens that were meant for others would be taken.";
    }
}
