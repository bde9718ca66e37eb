namespace XrayMlOps.AppHost;

internal static class Secrets
{
    /// <summary>
    /// A secret parameter: made up once and kept in the user secrets locally. Where it is published it must be given, since one that changed with a
    /// deployment would lock everyone out, or give each patient another key.
    /// </summary>
    public static IResourceBuilder<ParameterResource> AddSecret(this IDistributedApplicationBuilder builder, string name) => builder.ExecutionContext.IsRunMode
        ? builder.AddParameter(name, new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true, persist: true)
        : builder.AddParameter(name, secret: true);
}
