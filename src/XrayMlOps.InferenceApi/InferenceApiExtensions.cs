using Microsoft.Extensions.Options;
using XrayMlOps.Core.Models;
using XrayMlOps.Inference;
using XrayMlOps.InferenceApi.Champion;
using XrayMlOps.InferenceApi.ControlPlane;
using XrayMlOps.InferenceApi.Feedback;
using XrayMlOps.InferenceApi.Predictions;
using XrayMlOps.ServiceDefaults;

namespace XrayMlOps.InferenceApi;

/// <summary>The inference host: it serves the champion of one model. Call <c>AddServiceDefaults</c> first.</summary>
public static class InferenceApiExtensions
{
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
        services.AddSingleton<InferenceTelemetry>();

        services.AddHttpClient(ControlPlaneClient.HttpClientName).RemoveAllLoggers();
        services.AddSingleton<ControlPlaneAddress>();
        services.AddSingleton<ControlPlaneClient>();

        services.AddSingleton<ModelSlot>();
        services.AddSingleton<ModelCache>();
        services.AddSingleton<ChampionWatcher>();
        services.AddHostedService(provider => provider.GetRequiredService<ChampionWatcher>());
        services.AddHealthChecks().AddCheck<ChampionHealth>("champion");

        services.AddSingleton(provider => Lane(provider.GetRequiredService<IOptions<InferenceOptions>>().Value));
        services.AddFilmDecoding();
        services.AddSingleton<FilmClassifier>();
        services.AddSingleton<Predictor>();
        services.AddSingleton<PredictionLog>();
        services.AddHostedService<PredictionLogShipper>();
        return builder;
    }

    /// <summary>Maps <c>/v1/predict</c>, <c>/v1/model</c> and <c>/v1/feedback</c>.</summary>
    public static IEndpointRouteBuilder MapInferenceApi(this IEndpointRouteBuilder routes)
    {
        var v1 = routes.MapGroup("/v1").WithTags("Inference");
        v1.MapPredictions();
        v1.MapChampion();
        v1.MapFeedback();
        return routes;
    }

    private static InferenceLane Lane(InferenceOptions options) =>
        new(options.Concurrency == 0 ? Environment.ProcessorCount : options.Concurrency, options.QueueLimit);
}
