using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;
using XrayMlOps.Core.Models;
using XrayMlOps.Inference;
using XrayMlOps.InferenceApi.ControlPlane;

namespace XrayMlOps.InferenceApi.Models;

/// <summary>Either a leased model or, saying what to do, why there is none.</summary>
internal readonly record struct AcquiredModel(ModelLease? Lease, ModelAbsence Absence, string? Reason)
{
    [MemberNotNullWhen(true, nameof(Lease))]
    [MemberNotNullWhen(false, nameof(Reason))]
    public bool IsThere => Lease is not null;
}

internal enum ModelAbsence
{
    /// <summary>It is there.</summary>
    None,

    /// <summary>The reference cannot be read.</summary>
    Misnamed,

    /// <summary>The registry knows no such model, version or alias.</summary>
    Missing,

    /// <summary>It may be there later: not promoted or not loaded yet, or the registry is away.</summary>
    NotYet,
}

/// <summary>
/// The models of this host, by what they are asked for as: the champion of the configured model always, any other alias or version from its first request on,
/// until it has not been asked for in a while or others have taken its room.
/// </summary>
internal sealed class ServedModels : IDisposable
{
    private readonly ConcurrentDictionary<string, FollowedModel> _models = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _firstLooks = new(1, 1);
    private readonly InferenceOptions _options;
    private readonly TimeSpan _longestIdle;
    private readonly Func<ModelReference, FollowedModel> _follow;

    public ServedModels(IOptions<InferenceOptions> options, ModelLoader loader, ControlPlaneClient controlPlane, TimeProvider time, ILogger<FollowedModel> logger)
    {
        _options = options.Value;
        _longestIdle = TimeSpan.FromMinutes(_options.IdleMinutes);
        _follow = reference => new FollowedModel(reference, loader, controlPlane, TimeSpan.FromSeconds(_options.PollSeconds), time, logger);
        Champion = _follow(new ModelReference(_options.Model, ModelReference.Champion, null));
        _models[Champion.Reference.ToString()] = _models[_options.Model] = Champion;
    }

    /// <summary>What is served where no model is named.</summary>
    public FollowedModel Champion { get; }

    /// <summary>What is served now: the champion, then the others by reference.</summary>
    public IEnumerable<FollowedModel> All =>
        _models.Values.Distinct().OrderBy(model => model != Champion).ThenBy(model => model.Reference.ToString(), StringComparer.Ordinal);

    /// <summary>Leases a model; one that nobody asked for lately is loaded first, which the caller waits for.</summary>
    /// <param name="reference">See <see cref="ModelReference"/>.</param>
    public ValueTask<AcquiredModel> AcquireAsync(string reference, CancellationToken cancellationToken) =>
        _models.TryGetValue(reference, out var model) && model.Acquire() is { } lease
            ? ValueTask.FromResult(new AcquiredModel(lease, ModelAbsence.None, null))
            : new ValueTask<AcquiredModel>(LookAsync(reference, cancellationToken));

    /// <summary>Looks where every model points now, and lets go of those that nobody asks for.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        foreach (var model in All)
        {
            if (model != Champion && (model.Idle > _longestIdle || model.IsMissing)) Forget(model);
            // A version is the same for ever.
            else if (model.Reference.Version is null) await model.FollowAsync(cancellationToken);
        }
    }

    public void Dispose()
    {
        foreach (var model in All) model.Dispose();
        _firstLooks.Dispose();
    }

    private async Task<AcquiredModel> LookAsync(string text, CancellationToken cancellationToken)
    {
        if (!ModelReference.TryParse(text, out var reference))
            return new AcquiredModel(null, ModelAbsence.Misnamed, $"'{text}' names no model: give NAME, NAME@ALIAS or NAME:VERSION.");
        if (reference == Champion.Reference) return Answer(Champion);
        if (reference.Version is { } version && Serving(reference.Name, version) is { } same) return Answer(same);
        // One at a time: they share the memory, and the registry is not to be asked for every name that anybody invents at once.
        await _firstLooks.WaitAsync(cancellationToken);
        try
        {
            if (_models.TryGetValue(reference.ToString(), out var known)) return Answer(known);
            var model = _follow(reference);
            try
            {
                await model.StartAsync(cancellationToken);
            }
            catch
            {
                model.Dispose();
                throw;
            }
            var answer = Answer(model);
            if (answer.IsThere) Keep(model);
            else model.Dispose();
            return answer;
        }
        finally
        {
            _firstLooks.Release();
        }
    }

    private FollowedModel? Serving(string name, int version) =>
        _models.Values.FirstOrDefault(model => model.Slot.Model is { } served && served.Name == name && served.Version == version);

    private static AcquiredModel Answer(FollowedModel model)
    {
        if (model.Acquire() is { } lease) return new AcquiredModel(lease, ModelAbsence.None, null);
        var reference = model.Reference;
        if (model.Problem is { } problem) return new AcquiredModel(null, ModelAbsence.NotYet, $"{reference} cannot be served: {problem}");
        if (reference.Alias == ModelReference.Champion)
            return new AcquiredModel(
                null, ModelAbsence.NotYet,
                $"There is no champion of '{reference.Name}' to serve yet. Promote a version of it, for instance with 'xray models promote'; it is loaded within seconds.");
        return model.IsMissing
            ? new AcquiredModel(null, ModelAbsence.Missing, $"The registry knows no {reference}.")
            : new AcquiredModel(null, ModelAbsence.NotYet, $"{reference} is not loaded: the registry is away.");
    }

    private void Keep(FollowedModel model)
    {
        while (All.Count() >= _options.MaxModels && All.Where(other => other != Champion).MaxBy(other => other.Idle) is { } idlest) Forget(idlest);
        _models[model.Reference.ToString()] = model;
    }

    private void Forget(FollowedModel model)
    {
        _models.TryRemove(model.Reference.ToString(), out _);
        model.Dispose();
    }
}
