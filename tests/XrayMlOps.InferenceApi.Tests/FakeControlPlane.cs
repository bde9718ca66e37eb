using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using XrayMlOps.Core;
using XrayMlOps.Core.Access;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Evaluation;
using XrayMlOps.Core.Models;
using XrayMlOps.Core.Predictions;

namespace XrayMlOps.InferenceApi.Tests;

/// <summary>The part of the registry's API that the inference host uses, over real HTTP, with a switch to be away.</summary>
internal sealed class FakeControlPlane : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, byte[]> _blobs = new();
    private readonly ConcurrentDictionary<string, ModelVersionResponse> _models = new();

    private FakeControlPlane(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.First());

    /// <summary>Answers everything with 503.</summary>
    public volatile bool Away;

    /// <summary>Accepts connections and never answers.</summary>
    public volatile bool Silent;

    /// <summary>The W3C trace context of the last look at the alias.</summary>
    public volatile string? LookTraceParent;

    /// <summary>What it was shown at the last look at the keys.</summary>
    public volatile string? Authorization;

    /// <summary>Those that it tells hosts of.</summary>
    public volatile IReadOnlyList<ApiKeyVerifier> Keys = [];

    public ConcurrentDictionary<Guid, PredictionRecord> Predictions { get; } = new();

    public int BlobDownloads;

    /// <summary>At aliases and versions.</summary>
    public int Looks;

    public static async Task<FakeControlPlane> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var plane = new FakeControlPlane(builder.Build());
        plane._app.Urls.Add("http://127.0.0.1:0");
        plane._app.Use(plane.BeAwayAsync);
        plane.Map(plane._app);
        await plane._app.StartAsync();
        return plane;
    }

    /// <summary>Makes a model the champion, or what another alias points at.</summary>
    /// <param name="stored">What the blob store holds under the model's digest, if not the model.</param>
    public ServedModel Promote(TinyModel model, int version, byte[]? stored = null, string alias = ModelReference.Champion)
    {
        var onnx = model.ToOnnx();
        var digest = Digest.Of(onnx);
        _blobs[digest] = stored ?? onnx;
        var test = new EvaluationReport(0, 0, new Interval(0, 1), 0, null, 0, 0, 0, [], []);
        _models[$"aliases/{alias}"] = _models[$"versions/{version}"] = new ModelVersionResponse(
            ModelReference.DefaultName, version, digest, onnx.Length, version, "films@1", "tiny", model.Preprocessing.Hash(), [], DateTimeOffset.UnixEpoch, [alias], 0, 0, test);
        return new ServedModel(ModelReference.DefaultName, version, digest, model.Preprocessing.Hash());
    }

    /// <summary>The routes, to be mapped in a process of their own or in the inference host's.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/models/{name}/{**reference}", (string name, string reference, HttpRequest request) =>
        {
            LookTraceParent = request.Headers.TraceParent;
            Interlocked.Increment(ref Looks);
            return _models.TryGetValue(reference, out var champion) && champion.Name == name ? Results.Json(champion, XrayJson.Compact) : Results.NotFound();
        });
        routes.MapGet("/api/keys/verifiers", (HttpRequest request) =>
        {
            Authorization = request.Headers.Authorization;
            return Results.Json(new ApiKeyVerifiers(Keys), XrayJson.Compact);
        });
        routes.MapGet("/api/blobs/{digest}", (string digest) =>
        {
            Interlocked.Increment(ref BlobDownloads);
            return _blobs.TryGetValue(digest, out var blob) ? Results.Bytes(blob) : Results.NotFound();
        });
        routes.MapPost("/api/predictions", async (HttpRequest request) =>
        {
            var batch = await request.ReadFromJsonAsync<PredictionBatch>(XrayJson.Compact, request.HttpContext.RequestAborted);
            foreach (var record in batch!.Predictions) Predictions[record.Id] = record;
            return Results.NoContent();
        });
        routes.MapPost("/api/feedback", async (HttpRequest request) =>
        {
            var feedback = await request.ReadFromJsonAsync<FeedbackRequest>(XrayJson.Compact, request.HttpContext.RequestAborted);
            return Predictions.TryGetValue(feedback!.PredictionId, out var known)
                ? Results.Json(
                    new FeedbackResponse(known.Id, known.Label, feedback.Label, known.Label == feedback.Label, known.Model, known.Version, DateTimeOffset.UnixEpoch),
                    XrayJson.Compact, statusCode: StatusCodes.Status201Created)
                : Results.Problem("No such prediction.", statusCode: StatusCodes.Status404NotFound);
        });
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task BeAwayAsync(HttpContext context, RequestDelegate next)
    {
        while (Silent) await Task.Delay(20, context.RequestAborted);
        if (Away) context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        else await next(context);
    }
}
