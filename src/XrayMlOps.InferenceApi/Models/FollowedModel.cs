using System.Diagnostics;
using XrayMlOps.Core.Models;
using XrayMlOps.Core.Predictions;
using XrayMlOps.Inference;
using XrayMlOps.InferenceApi.ControlPlane;

namespace XrayMlOps.InferenceApi.Models;

/// <summary>
/// One alias or version that this host serves. What it points at is downloaded, verified, loaded and scored on films that are drawn by rule, and only then
/// swapped in; whatever goes wrong on the way, the model that is served stays. At the start what was served last comes from the cache at once, registry or not.
/// One task at a time may call <see cref="StartAsync"/> and <see cref="FollowAsync"/>.
/// </summary>
internal sealed partial class FollowedModel(ModelReference reference, ModelLoader loader, ControlPlaneClient controlPlane, TimeSpan interval, TimeProvider time, ILogger logger)
    : IDisposable
{
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(1);

    private Failure? _failure;
    private bool _away;
    private long _lastUsed = time.GetTimestamp();

    public ModelReference Reference => reference;

    public ModelSlot Slot { get; } = new();

    /// <summary>Why what the reference points at is not what is served; null if it is.</summary>
    public string? Problem => _failure?.Reason;

    /// <summary>Whether the registry answered that there is no such model, version or alias.</summary>
    public bool IsMissing { get; private set; }

    /// <summary>Since the last request for it.</summary>
    public TimeSpan Idle => time.GetElapsedTime(Volatile.Read(ref _lastUsed));

    /// <summary>Leases the model for one request; null while there is none.</summary>
    public ModelLease? Acquire()
    {
        Volatile.Write(ref _lastUsed, time.GetTimestamp());
        return Slot.Acquire();
    }

    /// <summary>Serves what was served last under the reference, if the cache has it, then what the registry says.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await ServeLastAsync(cancellationToken);
        await FollowAsync(cancellationToken);
    }

    /// <summary>Looks where the reference points now, and serves that.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        ModelVersionResponse? found;
        try
        {
            // Of an activity that is not recorded neither side records its part: a look a second would drown the traces.
            using var unrecorded = new Activity("look for model").Start();
            found = await controlPlane.FindModelAsync(reference, cancellationToken);
        }
        catch (ControlPlaneException away)
        {
            if (!_away) LogAway(away.Message, reference, Name(Slot.Model));
            _away = true;
            if (Slot.Model is null) await ServeLastAsync(cancellationToken);
            return;
        }
        if (_away) LogBack();
        _away = false;
        IsMissing = found is null;
        if (found is null) return;

        var model = new ServedModel(found.Name, found.Version, found.Digest, found.PreprocessingHash);
        if (model == Slot.Model) _failure = null;
        else if (_failure is not { } failed || failed.Model != model || time.GetUtcNow() >= failed.RetryAt)
            await TryServeAsync(model, () => loader.LoadAsync(model, cancellationToken), cancellationToken);
    }

    public void Dispose() => Slot.Dispose();

    private async Task ServeLastAsync(CancellationToken cancellationToken)
    {
        if (_failure is { } failed && time.GetUtcNow() < failed.RetryAt) return;
        if (await loader.RecallAsync(reference, cancellationToken) is not { } last) return;
        await TryServeAsync(last, () => loader.LoadCachedAsync(last, cancellationToken), cancellationToken);
    }

    private async Task TryServeAsync(ServedModel model, Func<Task<ModelSession>> load, CancellationToken cancellationToken)
    {
        try
        {
            var previous = Slot.Swap(model, await load());
            _failure = null;
            LogServing(Name(model), reference, model.Digest, Name(previous));
            await loader.RememberAsync(reference, model, cancellationToken);
        }
        // Anything: a model that cannot be had or used must not stop the service of the one that is.
        catch (Exception problem) when (problem is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            _failure = Failure.After(_failure, model, problem.Message, interval, time.GetUtcNow());
            LogRefused(problem, Name(model), reference, model.Digest, Name(Slot.Model), _failure.RetryAt);
        }
    }

    private static string Name(ServedModel? model) => model is null ? "no model" : $"{model.Name}:{model.Version}";

    [LoggerMessage(1, LogLevel.Information, "Serving {Model} as {Reference} (sha256:{Digest}) after {Previous}")]
    private partial void LogServing(string model, ModelReference reference, string digest, string previous);

    [LoggerMessage(2, LogLevel.Error, "{Model}, which is {Reference} (sha256:{Digest}), cannot be served; still serving {Served}; next try at {RetryAt}")]
    private partial void LogRefused(Exception problem, string model, ModelReference reference, string digest, string served, DateTimeOffset retryAt);

    [LoggerMessage(3, LogLevel.Warning, "The registry is away ({Reason}); as {Reference} still serving {Served}")]
    private partial void LogAway(string reason, ModelReference reference, string served);

    [LoggerMessage(4, LogLevel.Information, "The registry is back")]
    private partial void LogBack();

    /// <summary>A model that could not be served. It is tried again, each time after twice as long, up to a minute.</summary>
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
