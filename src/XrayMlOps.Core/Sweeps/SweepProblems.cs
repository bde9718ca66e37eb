using XrayMlOps.Core.Architectures;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Core.Sweeps;

/// <summary>Everything that can be wrong with a sweep, including items of lists that a hand-written JSON can leave null.</summary>
internal static class SweepProblems
{
    private const int MostEpochs = 10_000;
    private const int MostReduction = 10;

    public static IEnumerable<string> Of(SweepSpec spec)
    {
        if (!DatasetReference.IsName(spec.Name)) yield return $"name '{spec.Name}': {DatasetReference.NameRule} are allowed";
        if (spec.Epochs is < 0 or > MostEpochs) yield return $"epochs {spec.Epochs}; 0 (the recipes') to {MostEpochs:N0} are allowed";
        if (spec.Parallel is < 0 or > SweepTrials.Most) yield return $"parallel {spec.Parallel}; 0 (no limit) to {SweepTrials.Most:N0} are allowed";
        if (spec.Strategy == SweepStrategy.Asha)
        {
            if (spec.Epochs == 0) yield return "epochs: asha needs them: the most that a trial trains";
            if (spec.MinEpochs < 1 || (spec.MinEpochs > spec.Epochs && spec.Epochs > 0)) yield return $"minEpochs {spec.MinEpochs}; 1 to the epochs ({spec.Epochs}) are allowed";
            if (spec.Reduction is < 2 or > MostReduction) yield return $"reduction {spec.Reduction}; 2 to {MostReduction} are allowed";
        }
        var (networks, parameters) = (OfArchitectures(spec.Architectures).ToArray(), OfParameters(spec).ToArray());
        foreach (var problem in networks.Concat(parameters)) yield return problem;
        if (parameters is not [] || spec.Architectures is []) yield break; // there is nothing to count
        foreach (var problem in OfTrials(spec)) yield return problem;
    }

    private static IEnumerable<string> OfArchitectures(IReadOnlyList<Architecture?> architectures)
    {
        if (architectures.Count == 0) yield return "architectures: there are none";
        if (architectures.Count > SweepTrials.Most) yield return $"architectures: there are {architectures.Count:N0}; up to {SweepTrials.Most:N0} are allowed";
        Dictionary<string, string> digests = new(StringComparer.Ordinal);
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (var (index, architecture) in architectures.Index())
        {
            if (architecture is null || architecture.Layers.Any(layer => layer is null))
            {
                yield return $"architectures[{index}]: it, or one of its layers, is null";
                continue;
            }
            var where = $"architectures[{index}] '{architecture.Name}'";
            foreach (var problem in LayerTable.Of(architecture).Problems.Concat(architecture.Recipe.Problems())) yield return $"{where}: {problem}";
            if (!names.Add(architecture.Name)) yield return $"{where}: another has this name";
            if (!digests.TryAdd(architecture.Digest(), architecture.Name)) yield return $"{where}: has the layers of '{digests[architecture.Digest()]}'";
        }
    }

    private static IEnumerable<string> OfParameters(SweepSpec spec) => spec.Parameters.SelectMany(parameter => parameter.Value is null
        ? [$"parameters.{parameter.Key}: is null"]
        : parameter.Value.ProblemsFor(parameter.Key, spec.Strategy));

    private static IEnumerable<string> OfTrials(SweepSpec spec)
    {
        var combinations = SweepTrials.CombinationsOf(spec);
        if (spec.Trials is < 0 or > SweepTrials.Most) yield return $"trials {spec.Trials:N0}; 0 to {SweepTrials.Most:N0} are allowed";
        else if (spec.Strategy == SweepStrategy.Grid && spec.Trials != 0) yield return $"trials {spec.Trials}: a grid tries every combination; choose random to draw some of them";
        else if (spec.Trials == 0 && combinations is null) yield return "trials 0: a parameter is a range, so say how many combinations to draw";
        else if (spec.Trials == 0 && combinations > SweepTrials.Most) yield return $"trials 0: there are more than {SweepTrials.Most:N0} combinations; draw some of them at random";
        else if (spec.Trials > combinations) yield return $"trials {spec.Trials}: there are {combinations} combinations only; 0 takes each once";
    }
}
