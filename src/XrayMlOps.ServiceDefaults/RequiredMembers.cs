using System.Text.Json.Serialization.Metadata;

namespace XrayMlOps.ServiceDefaults;

/// <summary>
/// Makes a request that leaves out a value a 400 that names it. Without this a missing constructor parameter that is neither
/// nullable nor optional is silently null, zero or the first value of its enum.
/// </summary>
internal static class RequiredMembers
{
    public static void Demand(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property.AssociatedParameter is { HasDefaultValue: false, IsNullable: false } parameter && Nullable.GetUnderlyingType(parameter.ParameterType) is null)
                property.IsRequired = true;
        }
    }
}
