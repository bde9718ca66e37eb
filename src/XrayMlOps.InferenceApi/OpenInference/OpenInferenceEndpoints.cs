using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using XrayMlOps.InferenceApi.Models;
using XrayMlOps.ServiceDefaults.Access;

namespace XrayMlOps.InferenceApi.OpenInference;

/// <summary>The Open Inference Protocol v2 over REST: https://github.com/kserve/open-inference-protocol, with Triton's binary tensors and repository index.</summary>
internal static class OpenInferenceEndpoints
{
    public static void MapOpenInference(this IEndpointRouteBuilder routes)
    {
        var infer = ActivatorUtilities.CreateInstance<InferEndpoint>(routes.ServiceProvider);
        var models = routes.ServiceProvider.GetRequiredService<ServedModels>();
        var scorer = routes.ServiceProvider.GetRequiredService<OpenInferenceScorer>();
        var json = OpenInferenceJson.Default;

        // It is a standard of its own, which says more than an OpenAPI document could.
        var v2 = routes.MapGroup("/v2").ExcludeFromDescription();
        Map("GET", "", Policies.Known, context => WriteAsync(context, ServerDescription.Server, json.ServerMessage));
        // For probes, which know no key.
        v2.MapMethods("/health/live", [HttpMethods.Get], context => WriteAsync(context, new LiveMessage(true), json.LiveMessage)).AllowAnonymous();
        v2.MapMethods("/health/ready", [HttpMethods.Get], context =>
        {
            var isReady = models.Champion.Slot.Model is not null;
            return WriteAsync(context, new ReadyMessage(isReady), json.ReadyMessage, isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
        }).AllowAnonymous();
        Map("POST", "/repository/index", Policies.Known, async context =>
            await WriteAsync(context, ServerDescription.Index(models, await ReadOnlyReadyAsync(context)), json.IReadOnlyListRepositoryModelMessage));
        foreach (var model in (string[])["/models/{name}", "/models/{name}/versions/{version}"])
        {
            Map("GET", model, Policies.Known, async context =>
            {
                using var lease = await AcquireAsync(context, scorer);
                await WriteAsync(context, ServerDescription.Describe(Name(context), lease), json.ModelMessage);
            });
            Map("GET", $"{model}/ready", Policies.Known, async context =>
            {
                using var lease = await AcquireAsync(context, scorer);
                await WriteAsync(context, new ModelReadyMessage(Name(context), true), json.ModelReadyMessage);
            });
            Map("POST", $"{model}/infer", Policies.Predict, infer.HandleAsync);
        }

        void Map(string method, string path, string policy, RequestDelegate handle) =>
            v2.MapMethods(path, [method], context => AnswerAsync(context, handle)).RequireAuthorization(policy);
    }

    /// <summary>Answers every failure in the protocol's form.</summary>
    private static async Task AnswerAsync(HttpContext context, RequestDelegate handle)
    {
        try
        {
            await handle(context);
        }
        catch (InferException refusal)
        {
            if (refusal.RetryAfter is { } seconds) context.Response.Headers.RetryAfter = $"{seconds}";
            await WriteErrorAsync(context, refusal.Message, refusal.Status);
        }
        catch (BadHttpRequestException bad) when (!context.Response.HasStarted)
        {
            await WriteErrorAsync(context, bad.Message, bad.StatusCode);
        }
        catch (EndOfStreamException) when (!context.Response.HasStarted)
        {
            await WriteErrorAsync(context, "The body is shorter than its JSON and tensors say.", StatusCodes.Status400BadRequest);
        }
        catch (InvalidDataException undecodable) when (!context.Response.HasStarted)
        {
            await WriteErrorAsync(context, $"The body's content encoding cannot be undone: {undecodable.Message}", StatusCodes.Status400BadRequest);
        }
    }

    private static Task WriteErrorAsync(HttpContext context, string message, int status) =>
        WriteAsync(context, new ErrorMessage(message), OpenInferenceJson.Default.ErrorMessage, status);

    private static Task WriteAsync<T>(HttpContext context, T message, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(message, type, cancellationToken: context.RequestAborted);
    }

    private static ValueTask<Inference.ModelLease> AcquireAsync(HttpContext context, OpenInferenceScorer scorer) =>
        scorer.AcquireAsync(Name(context), context.Request.RouteValues["version"] as string, context.RequestAborted);

    private static string Name(HttpContext context) => (string)context.Request.RouteValues["name"]!;

    /// <summary>An empty body asks for all.</summary>
    private static async Task<bool> ReadOnlyReadyAsync(HttpContext context)
    {
        try
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            return body.Length > 0 && JsonSerializer.Deserialize(body.ToArray(), OpenInferenceJson.Default.RepositoryIndexQuery) is { Ready: true };
        }
        catch (JsonException malformed)
        {
            throw InferException.Bad($"The JSON cannot be read: {malformed.Message}");
        }
    }
}
