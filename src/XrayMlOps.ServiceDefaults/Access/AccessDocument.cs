using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace XrayMlOps.ServiceDefaults.Access;

/// <summary>Says in an OpenAPI document how callers prove who they are.</summary>
public static class AccessDocument
{
    public static OpenApiOptions DescribeAccess(this OpenApiOptions options) => options.AddDocumentTransformer((document, _, _) =>
    {
        Dictionary<string, IOpenApiSecurityScheme> schemes = new()
        {
            ["apiKey"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = ApiKeyHandler.Header, Description = "An API key of the platform." },
            ["bearer"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An API key, or an access token of the configured OpenID Connect issuer." },
        };
        (document.Components ??= new OpenApiComponents()).SecuritySchemes = schemes;
        document.Security = [.. schemes.Keys.Select(scheme => new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(scheme, document)] = [] })];
        return Task.CompletedTask;
    });
}
