using System.Diagnostics;
using Grpc.Core;
using Microsoft.Net.Http.Headers;
using XrayMlOps.InferenceApi.Models;
using XrayMlOps.InferenceApi.OpenInference.Messages;

namespace XrayMlOps.InferenceApi.OpenInference;

/// <summary>The Open Inference Protocol v2 over gRPC.</summary>
internal sealed class OpenInferenceService(OpenInferenceScorer scorer, ServedModels models, TimeProvider time)
{
    public static Task<ServerLiveResponse> ServerLive() => Task.FromResult(new ServerLiveResponse { Live = true });

    public Task<ServerReadyResponse> ServerReady() =>
        Task.FromResult(new ServerReadyResponse { Ready = models.Champion.Slot.Model is not null });

    public Task<ModelReadyResponse> ModelReady(ModelReadyRequest request, ServerCallContext context) => AnswerAsync(context, async () =>
    {
        using var lease = await scorer.AcquireAsync(request.Name, request.Version, context.CancellationToken);
        return new ModelReadyResponse { Ready = true };
    });

    public static Task<ServerMetadataResponse> ServerMetadata()
    {
        var server = ServerDescription.Server;
        return Task.FromResult(new ServerMetadataResponse { Name = server.Name, Version = server.Version, Extensions = { server.Extensions } });
    }

    public Task<ModelMetadataResponse> ModelMetadata(ModelMetadataRequest request, ServerCallContext context) => AnswerAsync(context, async () =>
    {
        using var lease = await scorer.AcquireAsync(request.Name, request.Version, context.CancellationToken);
        var model = ServerDescription.Describe(request.Name, lease);
        return new ModelMetadataResponse
        {
            Name = model.Name,
            Versions = { model.Versions },
            Platform = model.Platform,
            Inputs = { model.Inputs.Select(Tensor) },
            Outputs = { model.Outputs.Select(Tensor) },
        };
    });

    public Task<RepositoryIndexResponse> RepositoryIndex(RepositoryIndexRequest request) => Task.FromResult(new RepositoryIndexResponse
    {
        Models =
        {
            ServerDescription.Index(models, request.Ready).Select(model =>
                new RepositoryIndexResponse.Types.ModelIndex { Name = model.Name, Version = model.Version, State = model.State, Reason = model.Reason }),
        },
    });

    public Task<ModelInferResponse> ModelInfer(ModelInferRequest request, ServerCallContext context) => AnswerAsync(context, async () =>
    {
        var arrived = Stopwatch.GetTimestamp();
        using var lease = await scorer.AcquireAsync(request.ModelName, request.ModelVersion, context.CancellationToken);
        scorer.RequireRoom();
        var asked = InferMessage.Read(request);
        using var films = scorer.Rent(lease, asked);
        InferMessage.ReadElements(request, films);
        var scored = await scorer.ScoreAsync(lease, asked, films, arrived, Deadline(context, arrived), context.CancellationToken);
        return InferMessage.Answer(request, lease.Model, asked, scored);
    });

    private long Deadline(ServerCallContext context, long arrived) => context.Deadline == DateTime.MaxValue
        ? long.MaxValue
        : arrived + (long)((context.Deadline - time.GetUtcNow().UtcDateTime).TotalSeconds * Stopwatch.Frequency);

    private static ModelMetadataResponse.Types.TensorMetadata Tensor(TensorMessage tensor) =>
        new() { Name = tensor.Name, Datatype = tensor.Datatype, Shape = { tensor.Shape } };

    /// <summary>Answers every failure with the status that gRPC has for it.</summary>
    private static async Task<T> AnswerAsync<T>(ServerCallContext context, Func<Task<T>> answer)
    {
        try
        {
            return await answer();
        }
        catch (InferException refusal)
        {
            var code = refusal.Status switch
            {
                StatusCodes.Status404NotFound => StatusCode.NotFound,
                StatusCodes.Status413PayloadTooLarge => StatusCode.ResourceExhausted,
                StatusCodes.Status503ServiceUnavailable => StatusCode.Unavailable,
                _ => StatusCode.InvalidArgument,
            };
            Metadata trailers = refusal.RetryAfter is { } seconds ? [new Metadata.Entry(HeaderNames.RetryAfter.ToLowerInvariant(), $"{seconds}")] : [];
            throw new RpcException(new Status(code, refusal.Message), trailers);
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.Cancelled, "The call was given up."));
        }
    }
}
