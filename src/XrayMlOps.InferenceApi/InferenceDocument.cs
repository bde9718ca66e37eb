using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.OpenApi;
using XrayMlOps.ServiceDefaults.Access;

namespace XrayMlOps.InferenceApi;

/// <summary>
/// The OpenAPI document of <c>/v1</c> alone, which <c>MapOpenApi</c> serves at <c>/openapi/inference.json</c>. XrayMlOps.Client is generated from
/// it: what ASP.NET says of a type is narrowed to what is written, so that clients need not ask for what never comes.
/// </summary>
internal static class InferenceDocument
{
    /// <summary>Marks the endpoints that it describes.</summary>
    public const string Tag = "Inference";

    private const string Name = "inference";

    public static IServiceCollection AddInferenceDocument(this IServiceCollection services) => services.AddOpenApi(Name, options =>
    {
        // 3.1 is not yet read by every generator of clients.
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_0;
        options.ShouldInclude = endpoint => endpoint.ActionDescriptor.EndpointMetadata.OfType<ITagsMetadata>().Any(tags => tags.Tags.Contains(Tag));
        options.DescribeAccess();
        options.AddSchemaTransformer((schema, context, _) =>
        {
            Narrow(schema, context.JsonTypeInfo);
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, _, _) =>
        {
            DescribeRetryAfter(operation);
            return Task.CompletedTask;
        });
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo { Title = "XrayMlOps inference", Version = "1" };
            foreach (var schema in document.Components?.Schemas?.Values.OfType<OpenApiSchema>() ?? []) LeaveNullOut(schema);
            return Task.CompletedTask;
        });
    });

    private static void Narrow(OpenApiSchema schema, JsonTypeInfo type)
    {
        // Numbers are read from strings too, but written as numbers.
        if (schema.Type is { } number && (number & (JsonSchemaType.Number | JsonSchemaType.Integer)) != 0)
        {
            schema.Type = number & ~JsonSchemaType.String;
            schema.Pattern = null;
        }
        if (schema.Enum is { Count: > 0 }) schema.Type = JsonSchemaType.String;
        foreach (var property in type.Properties)
        {
            if (property.IsGetNullable) schema.Required?.Remove(property.Name);
        }
        if (type.Type == typeof(ProblemDetails)) DescribeExtensions(schema);
    }

    /// <summary>What the platform's problems say besides the members of RFC 9457.</summary>
    private static void DescribeExtensions(OpenApiSchema problem)
    {
        problem.Properties ??= new Dictionary<string, IOpenApiSchema>();
        problem.Properties["reason"] = Text("Why a film cannot be read, in one word such as `unknownType`; a person reads `detail`.");
        problem.Properties["traceId"] = Text("Finds the request in the host's log and traces.");

        static OpenApiSchema Text(string description) => new() { Type = JsonSchemaType.String, Description = description };
    }

    private static void DescribeRetryAfter(OpenApiOperation operation)
    {
        foreach (var status in (int[])[StatusCodes.Status429TooManyRequests, StatusCodes.Status503ServiceUnavailable])
        {
            if (operation.Responses?.GetValueOrDefault(status.ToString(CultureInfo.InvariantCulture)) is not OpenApiResponse busy) continue;
            busy.Headers ??= new Dictionary<string, IOpenApiHeader>();
            busy.Headers["Retry-After"] = new OpenApiHeader
            {
                Description = "Seconds after which to try again.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1" },
            };
        }
    }

    /// <summary>A member that is null is not written: it is there, or it is not.</summary>
    private static void LeaveNullOut(OpenApiSchema schema)
    {
        foreach (var (name, property) in schema.Properties?.ToArray() ?? [])
        {
            if (property is not OpenApiSchema member) continue;
            if (member.OneOf is [{ Type: JsonSchemaType.Null }, var other]) schema.Properties![name] = other;
            else member.Type &= ~JsonSchemaType.Null;
        }
    }
}
