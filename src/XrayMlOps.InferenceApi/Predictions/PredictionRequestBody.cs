using System.Net.Mime;
using Microsoft.OpenApi;

namespace XrayMlOps.InferenceApi.Predictions;

/// <summary>
/// Describes the body of a prediction request in the OpenAPI document. <c>Accepts</c> would too, but it also answers other
/// content types itself, without saying which ones are accepted.
/// </summary>
internal static class PredictionRequestBody
{
    public static RouteHandlerBuilder DescribeFilmBody(this RouteHandlerBuilder route) =>
        route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.RequestBody = Body();
            return Task.CompletedTask;
        });

    private static OpenApiRequestBody Body()
    {
        var film = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } };
        var films = new OpenApiMediaType
        {
            Schema = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Properties = new Dictionary<string, IOpenApiSchema> { ["films"] = new OpenApiSchema { Type = JsonSchemaType.Array, Items = film.Schema } },
            },
        };
        return new OpenApiRequestBody
        {
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [MediaTypeNames.Image.Jpeg] = film,
                [MediaTypeNames.Image.Png] = film,
                [FilmUpload.Dicom] = film,
                [MediaTypeNames.Application.Octet] = film,
                [MediaTypeNames.Multipart.FormData] = films,
            },
        };
    }
}
