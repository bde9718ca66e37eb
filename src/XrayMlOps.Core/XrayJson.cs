using System.Text.Json;
using System.Text.Json.Serialization;

namespace XrayMlOps.Core;

/// <summary>The one JSON dialect of the platform: camelCase names, enums as camelCase strings, no nulls written.</summary>
public static class XrayJson
{
    public static JsonSerializerOptions Compact { get; } = Frozen(Configure(new JsonSerializerOptions()));

    public static JsonSerializerOptions Indented { get; } = Frozen(Configure(new JsonSerializerOptions { WriteIndented = true }));

    /// <summary>Gives <paramref name="options"/> the platform's dialect (for ASP.NET's own instance).</summary>
    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.DictionaryKeyPolicy = null;
        options.PropertyNameCaseInsensitive = true;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.ReadCommentHandling = JsonCommentHandling.Skip;
        options.AllowTrailingCommas = true;
        options.AllowOutOfOrderMetadataProperties = true;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        return options;
    }

    private static JsonSerializerOptions Frozen(JsonSerializerOptions options)
    {
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
