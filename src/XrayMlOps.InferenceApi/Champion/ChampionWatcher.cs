using System.Diagnostics;
using Microsoft.Extensions.Options;
using XrayMlOps.Core.Models;
using XrayMlOps.Core.Predictions;
using XrayMlOps.Inference;
using XrayMlOps.InferenceApi.ControlPlane;

namespace XrayMlOps.InferenceApi.Champion;

/// <summary>
/// Follows the champion alias: a new champion is downloaded, verified, loaded and warmed up, and only then swapped in. Whatever
/// goes wrong on the way, the model that is served stays. While the registry is away at the start, the last champion is served
/// from the cache.
/// </summary>
internal sealed partial class ChampionWatcher(
    IOptions<InferenceOptions> options, ControlPlaneClient controlPlane, ModelCache cache, ModelSlot slot, InferenceTelemetry telemetry, TimeProvider time,
    ILogger<ChampionWatcher> logger) : BackgroundService
{
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(1);

    private readonly string _model = options.Value.Model;
    private readonly TimeSpan _interval = TimeSpan.FromSeconds(options.Value.PollSeconds);
    private Failure? _failure;
    private bool _away;

    /// <summary>Why the present champion is not the model that is served; null if it is.</summary>
    public string? Problem => _failure?.Reason;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_interval, time);
        do
        {
            await FollowAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        ModelVersionResponse? champion;
        try
        {
            // Of an activity that is not recorded neither side records its part: a look a second would drown the traces.
            using var unrecorded = new Activity("look for champion").Start();
            champion = await controlPlane.GetChampionAsync(_model, cancellationToken);
        }
        catch (ControlPlaneException away)
        {
            if (!_away) LogAway(away.Message, Name(slot.Model));
            _away = true;
            if (slot.Model is null) await ServeLastAsync(cancellationToken);
            return;
        }
        if (_away) LogBack();
        _away = false;
        if (champion is null) return;

        var model = new ServedModel(champion.Name, champion.Version, champion.Digest, champion.PreprocessingHash);
        if (model == slot.Model) _failure = null;
        else if (_failure is not { } failed || failed.Model != model || time.GetUtcNow() >= failed.RetryAt)
            await TryServeAsync(model, () => cache.GetAsync(model.Digest, cancellationToken), cancellationToken);
    }

    private async Task ServeLastAsync(CancellationToken cancellationToken)
    {
        if (_failure is { } failed && time.GetUtcNow() < failed.RetryAt) return;
        if (await cache.RecallAsync(_model, cancellationToken) is not { } last) return;
        await TryServeAsync(
            last,
            async () => await cache.FindAsync(last.Digest, cancellationToken) ?? throw new FileNotFoundException("Its file is not in the cache, and the registry is away."),
            cancellationToken);
    }

    private async Task TryServeAsync(ServedModel model, Func<Task<byte[]>> read, CancellationToken cancellationToken)
    {
        try
        {
            using var activity = telemetry.Source.StartActivity("load champion");
            activity?.SetTag("xray.model", Name(model));
            var previous = slot.Swap(model, Load(model, await read()));
            _failure = null;
            telemetry.ModelServed();
            LogServing(Name(model), model.Digest, Name(previous));
            await cache.RememberAsync(model, cancellationToken);
        }
        // Anything: a model that cannot be had or used must not stop the service of the one that is.
        catch (Exception problem) when (problem is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            _failure = Failure.After(_failure, model, problem.Message, _interval, time.GetUtcNow());
            telemetry.ModelRefused();
            LogRefused(problem, Name(model), model.Digest, Name(slot.Model), _failure.RetryAt);
        }
    }

    private static ModelSession Load(ServedModel model, byte[] onnx)
    {
        var session = ModelSession.Load(onnx);
        try
        {
            if (session.PreprocessingHash != model.PreprocessingHash)
                throw new ModelRefusedException([$"its preprocessing is {session.PreprocessingHash}, but the registry says {model.PreprocessingHash}"]);
            session.WarmUp();
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private static string Name(ServedModel? model) => model is null ? "no model" : $"{model.Name}:{model.Version}";

    [LoggerMessage(1, LogLevel.Information, "Serving {Model} (sha256:{Digest}) after {Previous}")]
    private partial void LogServing(string model, string digest, string previous);

    [LoggerMessage(2, LogLevel.Error, "{Model} (sha256:{Digest}) cannot be served; still serving {Served}; next try at {RetryAt}")]
    private partial void LogRefused(Exception problem, string model, string digest, string served, DateTimeOffset retryAt);

    [LoggerMessage(3, LogLevel.Warning, "The registry is away ({Reason}); still serving {Served}")]
    private partial void LogAway(string reason, string served);

    [LoggerMessage(4, LogLevel.Information, "The registry is back")]
    private partial void LogBack();

    /// <summary>A champion that could not be served. It is tried again, each time after twice as long, up to a minute.</summary>
    private sealed record Failure(ServedModel Model, string Reason, TimeSpan Pause, DateTimeOffset RetryAt)
    {
        public static Failure After(Failure? last, ServedModel model, string reason, TimeSpan interval, DateTimeOffset now)
        {
            var pause = last?.Model == model ? last.Pause * 2 : interval;
            if (pause > s_longestPause) pause = s_longestPause;
            return new Failure(model, reason, pause, now + pause);
        }
    }
}
