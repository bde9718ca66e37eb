using System.Net.Mime;
using System.Text.Json.Nodes;
using NJsonSchema.CodeGeneration.CSharp;
using NSwag;
using NSwag.CodeGeneration.CSharp;

namespace XrayMlOps.Client.Tests;

/// <summary>Writes the client from the OpenAPI document of the inference API.</summary>
internal static class ClientGenerator
{
    public static async Task<string> GenerateAsync(JsonObject document, CancellationToken cancellationToken)
    {
        document = document.DeepClone().AsObject();
        var paths = document["paths"]!.AsObject();
        SeparateOneFilmFromMany(paths);
        paths["/v1/feedback"]!["post"]!["requestBody"]!["x-name"] = "feedback";
        var api = await OpenApiDocument.FromJsonAsync(document.ToJsonString(), cancellationToken);
        foreach (var operation in api.Operations) DemandFields(operation.Operation);
        // Members that a later server adds are skipped, but those of a problem are worth reading.
        foreach (var (name, schema) in api.Definitions) schema.AllowAdditionalProperties = name == "ProblemDetails";
        return new CSharpClientGenerator(api, Settings()).GenerateFile()
            .Replace("{ get; set; }", "{ get; init; }", StringComparison.Ordinal)
            .ReplaceLineEndings("\n") + "\n";
    }

    /// <summary>
    /// A method has one body and one answer: each operation that takes one film or a form with many becomes two. The second needs a path
    /// of its own in the document; without the slash in front it is the same one.
    /// </summary>
    private static void SeparateOneFilmFromMany(JsonObject paths)
    {
        foreach (var (path, item) in paths.ToArray())
        {
            if (item!["post"]?["requestBody"]?["content"]?[MediaTypeNames.Multipart.FormData] is null) continue;
            var many = item.DeepClone();
            Keep(item["post"]!, MediaTypeNames.Application.Octet, 0, "one film");
            var body = item["post"]!["requestBody"]!;
            body["x-name"] = "film";
            body["description"] = "The bytes of a JPEG, PNG or DICOM file.";
            Keep(many["post"]!, MediaTypeNames.Multipart.FormData, 1, "several films");
            many["post"]!["operationId"] = many["post"]!["operationId"]!.GetValue<string>().Replace("Predict", "PredictMany", StringComparison.Ordinal);
            paths[path.TrimStart('/')] = many;
        }
    }

    private static void Keep(JsonNode operation, string contentType, int answer, string films)
    {
        var body = operation["requestBody"]!;
        body["content"] = new JsonObject { [contentType] = body["content"]![contentType]!.DeepClone() };
        var json = operation["responses"]!["200"]!["content"]![MediaTypeNames.Application.Json]!;
        json["schema"] = json["schema"]!["oneOf"]![answer]!.DeepClone();
        operation["summary"] = operation["summary"]!.GetValue<string>().Replace("one film, or several,", films, StringComparison.Ordinal);
    }

    /// <summary>NSwag takes the fields of a form for optional where they are not parameters of their own.</summary>
    private static void DemandFields(OpenApiOperation operation)
    {
        if (operation.RequestBody?.Content.TryGetValue(MediaTypeNames.Multipart.FormData, out var form) != true) return;
        operation.Parameters.Remove(operation.Parameters.Single(parameter => parameter.Kind == OpenApiParameterKind.Body));
        foreach (var (name, field) in form!.Schema.ActualProperties)
        {
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = name,
                Kind = OpenApiParameterKind.FormData,
                CollectionFormat = OpenApiParameterCollectionFormat.Multi,
                Schema = field,
                IsRequired = true,
            });
        }
    }

    private static CSharpClientGeneratorSettings Settings() => new()
    {
        ClassName = "InferenceClient",
        UseBaseUrl = false,
        GenerateOptionalParameters = true,
        ResponseArrayType = "System.Collections.Generic.IReadOnlyList",
        ResponseDictionaryType = "System.Collections.Generic.IReadOnlyDictionary",
        CSharpGeneratorSettings =
        {
            Namespace = "XrayMlOps.Client",
            JsonLibrary = CSharpJsonLibrary.SystemTextJson,
            JsonLibraryVersion = 10,
            ClassStyle = CSharpClassStyle.Poco,
            GenerateNativeRecords = true,
            UseRequiredKeyword = true,
            GenerateNullableReferenceTypes = true,
            GenerateOptionalPropertiesAsNullable = true,
            GenerateDataAnnotations = false,
            DateTimeType = "System.DateTimeOffset",
            ArrayType = "System.Collections.Generic.IReadOnlyList",
            DictionaryType = "System.Collections.Generic.IReadOnlyDictionary",
        },
    };
}
