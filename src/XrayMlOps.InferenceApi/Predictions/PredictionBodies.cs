using System.Globalization;
using System.Net.Mime;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using XrayMlOps.Core.Predictions;

namespace XrayMlOps.InferenceApi.Predictions;

/// <summary>
/// Describes what goes in and comes out of a prediction in the OpenAPI document: films one way or the other, and an answer that follows the
/// way. <c>Accepts</c> would describe films too, but it also answers other content types itself, without saying which ones are accepted.
/// </summary>
internal static class PredictionBodies
{
    public static RouteHandlerBuilder DescribeBodies(this RouteHandlerBuilder route) =>
        route.AddOpenApiOperationTransformer(async (operation, context, cancellationToken) =>
        {
            operation.RequestBody = Films();
            if (operation.Responses?[StatusCodes.Status200OK.ToString(CultureInfo.InvariantCulture)].Content?[MediaTypeNames.Application.Json] is { } answer)
                answer.Schema = await AnswerAsync(context, cancellationToken);
        });

    private static OpenApiRequestBody Films()
    {
        var film = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } };
        var films = new OpenApiMediaType
        {
            Schema = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Properties = new Dictionary<string, IOpenApiSchema> { ["films"] = new OpenApiSchema { Type = JsonSchemaType.Array, Items = film.Schema } },
                Required = new HashSet<string> { "films" },
            },
        };
        return new OpenApiRequestBody
        {
            Description = "The bytes of a JPEG, PNG or DICOM file, or multipart/form-data with several.",
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

    private static async Task<OpenApiSchema> AnswerAsync(OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        // A schema that is asked for here comes with its parts inside: those are described already.
        var document = context.Document!;
        var part = await context.GetOrCreateSchemaAsync(typeof(PartResponse), null, cancellationToken);
        var several = await context.GetOrCreateSchemaAsync(typeof(PredictionsResponse), null, cancellationToken);
        part.Required?.ExceptWith(["prediction", "problem"]);
        part.Properties!["prediction"] = new OpenApiSchemaReference(nameof(PredictionResponse), document);
        several.Properties!["predictions"] = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchemaReference(nameof(PartResponse), document) };
        document.AddComponent(nameof(PartResponse), part);
        document.AddComponent(nameof(PredictionsResponse), several);
        return new OpenApiSchema
        {
            Description = "The first for one film, the second for multipart/form-data.",
            OneOf = [new OpenApiSchemaReference(nameof(PredictionResponse), document), new OpenApiSchemaReference(nameof(PredictionsResponse), document)],
        };
    }
}
