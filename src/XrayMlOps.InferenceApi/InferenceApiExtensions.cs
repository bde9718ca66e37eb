using Grpc.AspNetCore.Server;
using Grpc.AspNetCore.Server.Model;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using XrayMlOps.Core.Models;
using XrayMlOps.Imaging.Decoding;
using XrayMlOps.Inference.Scheduling;
using XrayMlOps.InferenceApi.Access;
using XrayMlOps.InferenceApi.ControlPlane;
using XrayMlOps.InferenceApi.Feedback;
using XrayMlOps.InferenceApi.Models;
using XrayMlOps.InferenceApi.OpenInference;
using XrayMlOps.InferenceApi.Predictions;
using XrayMlOps.ServiceDefaults;

namespace XrayMlOps.InferenceApi;

/// <summary>The inference host: it serves the champion of one model, and any other alias or version on demand. Call <c>AddServiceDefaults</c> first.</summary>
public static class InferenceApiExtensions
{
    private static readonly TimeSpan s_bodyGrace = TimeSpan.FromSeconds(5);

    public static TBuilder AddInferenceApi<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        var services = builder.Services;
        services.AddOptions<InferenceOptions>().BindConfiguration(InferenceOptions.Section).ValidateDataAnnotations()
            .Validate(options => ModelReference.IsName(options.Model), "Inference:Model is no model name.")
            .ValidateOnStart();
        services.AddOptions<ControlPlaneOptions>().BindConfiguration(ControlPlaneOptions.Section)
            .Validate(options => options.Url is null or { IsAbsoluteUri: true, Scheme: "http" or "https" }, "ControlPlane:Url must begin with http:// or https://.")
            .ValidateOnStart();
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<InferenceOptions>>((kestrel, options) => Limit(kestrel.Limits, options.Value));
        services.AddSingleton<IMemoryPoolFactory<byte>, FilmBlocks>();
        services.AddRequestDecompression();
        services.AddGrpc();
        services.AddSingleton<IServiceMethodProvider<OpenInferenceService>, OpenInferenceMethods>();
        services.AddOptions<GrpcServiceOptions>().Configure<IOptions<InferenceOptions>>((grpc, options) =>
        {
            grpc.MaxReceiveMessageSize = (int)options.Value.MaxBytes;
            grpc.IgnoreUnknownServices = true; // what is mapped names a policy
        });
        GrpcListener.Add(builder.Configuration);
        services.AddInferenceDocument();
        services.AddSingleton<InferenceTelemetry>();

        services.AddHttpClient(ControlPlaneClient.HttpClientName).RemoveAllLoggers();
        services.AddSingleton<ControlPlaneAddress>();
        services.AddSingleton<ControlPlaneClient>();

        services.AddHostedService<KeyFollower>();

        services.AddSingleton<ModelCache>();
        services.AddSingleton<ModelLoader>();
        services.AddSingleton<ServedModels>();
        services.AddHostedService<ModelFollower>();
        services.AddHealthChecks().AddCheck<ModelHealth>("champion");

        services.AddFilmDecoding();
        services.AddSingleton(Engine);
        services.AddSingleton<PredictionRecorder>();
        services.AddSingleton<Predictor>();
        services.AddSingleton<OpenInferenceScorer>();
        services.AddSingleton<PredictionJournal>();
        services.AddSingleton<PredictionLog>();
        services.AddHostedService<PredictionLogShipper>();
        return builder;
    }

    /// <summary>Maps <c>/v1</c>, and <c>/v2</c> of the Open Inference Protocol.</summary>
    public static IEndpointRouteBuilder MapInferenceApi(this IEndpointRouteBuilder routes)
    {
        var v1 = routes.MapGroup("/v1").WithTags(InferenceDocument.Tag)
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status429TooManyRequests);
        v1.MapPredictions();
        v1.MapModels();
        v1.MapFeedback();
        routes.MapOpenInference();
        routes.MapGrpcService<OpenInferenceService>();
        return routes;
    }

    /// <summary>So that slow clients, or such as want to be, hold no connection for long.</summary>
    private static void Limit(KestrelServerLimits limits, InferenceOptions options)
    {
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(options.HeaderSeconds);
        limits.MinRequestBodyDataRate = new MinDataRate(options.BodyBytesPerSecond, s_bodyGrace);
    }

    private static InferenceEngine Engine(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<InferenceOptions>>().Value;
        var engine = new InferenceEngine(provider.GetRequiredService<FilmDecoder>(), options.ForEngine());
        provider.GetRequiredService<InferenceTelemetry>().Watch(engine);
        return engine;
    }
}
