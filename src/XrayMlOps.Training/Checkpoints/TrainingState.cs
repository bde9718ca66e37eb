using XrayMlOps.Core.Runs;
using XrayMlOps.Training.Networks;
using XrayMlOps.Training.Optimisation;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Checkpoints;

/// <summary>All that an epoch hands to the next. Owns the optimizer's moments and the best weights, not the network.</summary>
internal sealed class TrainingState(Network network, AdamW optimizer) : IDisposable
{
    private readonly Dictionary<string, Tensor> _best = [];
    private readonly List<EpochMetrics> _history = [];

    public Network Network => network;

    public AdamW Optimizer => optimizer;

    /// <summary>Finished epochs, from 1.</summary>
    public IReadOnlyList<EpochMetrics> History => _history;

    /// <summary>Weights after the best epoch; empty before the first ends.</summary>
    public IReadOnlyDictionary<string, Tensor> Best => _best;

    /// <summary>The first finished epoch with the lowest validation loss; 0 before the first ends.</summary>
    public int BestEpoch => _history.MinBy(epoch => epoch.ValidationLoss)?.Epoch ?? 0;

    /// <summary>Ends an epoch; the network's weights become the best ones if no earlier epoch was as good.</summary>
    public void Finish(EpochMetrics epoch)
    {
        _history.Add(epoch);
        if (BestEpoch != epoch.Epoch) return;
        foreach (var (name, weight) in network.Weights()) Keep(name, weight);
    }

    /// <summary>Takes over what a checkpoint held; every tensor must have its parameter's shape.</summary>
    public void Restore(IEnumerable<EpochMetrics> history, long steps, Func<string, string, Tensor> saved)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        foreach (var (name, weight) in network.Weights())
        {
            weight.copy_(saved(Checkpoint.Model, name));
            Keep(name, saved(Checkpoint.BestModel, name));
        }
        foreach (var (name, moment) in optimizer.FirstMoments) moment.copy_(saved(Checkpoint.FirstMoment, name));
        foreach (var (name, moment) in optimizer.SecondMoments) moment.copy_(saved(Checkpoint.SecondMoment, name));
        optimizer.Steps = steps;
        _history.Clear();
        _history.AddRange(history);
    }

    public void Dispose()
    {
        optimizer.Dispose();
        foreach (var weight in _best.Values) weight.Dispose();
    }

    private void Keep(string name, Tensor weight)
    {
        if (_best.Remove(name, out var old)) old.Dispose();
        _best[name] = weight.detach().cpu().clone().DetachFromDisposeScope();
    }
}
