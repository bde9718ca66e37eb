using System.Globalization;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Core.Models;

/// <summary>Names a model version: <c>chest-xray</c> (its champion), <c>chest-xray@challenger</c> or <c>chest-xray:3</c>.</summary>
/// <param name="Alias">Null if a version is given.</param>
/// <param name="Version">From 1; null if an alias is given.</param>
public sealed record ModelReference(string Name, string? Alias, int? Version)
{
    public const string Champion = "champion";
    public const string Challenger = "challenger";

    /// <summary>The model that is trained, promoted and served where none is named.</summary>
    public const string DefaultName = "chest-xray";

    /// <summary>Names and aliases follow <see cref="DatasetReference.NameRule"/>.</summary>
    public static bool IsName(string? name) => DatasetReference.IsName(name);

    public static bool TryParse(string text, out ModelReference reference)
    {
        reference = new ModelReference(text, Champion, null);
        if (text.Split('@') is [var name, var alias])
        {
            reference = new ModelReference(name, alias, null);
            return IsName(name) && IsName(alias);
        }
        if (text.Split(':') is [var versioned, var number])
        {
            var good = int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version >= 1;
            reference = new ModelReference(versioned, null, version);
            return good && IsName(versioned);
        }
        return IsName(text);
    }

    public override string ToString() => Version is { } version ? $"{Name}:{version}" : $"{Name}@{Alias}";
}
