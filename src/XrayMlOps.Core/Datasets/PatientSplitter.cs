using System.Runtime.InteropServices;

namespace XrayMlOps.Core.Datasets;

/// <summary>
/// Splits by patient, stratified by class: patients are taken in a seeded order, those with most films first, and each goes
/// whole to the split that misses most of the classes that the patient brings. No patient can cross, by construction.
/// </summary>
/// <remarks>
/// Where no split is kept, each patient has films of one class and none more than 0.5 % of its class, every class is divided within one
/// percentage point of the shares: a split that takes a patient of s films misses more than 0 of the class, so that none ends up more than s
/// over its share, nor (there are two others) more than 2 s under it. Patients with films of several classes come out as near where they are
/// many and small.
/// </remarks>
public static class PatientSplitter
{
    private static readonly Split[] s_splits = Enum.GetValues<Split>();

    /// <summary>
    /// The split of each film, in the order given. Deterministic: the order of <paramref name="films"/> does not matter to a patient's split.
    /// </summary>
    /// <param name="kept">Patients whose split is settled. The others are divided so that all films together come near the shares.</param>
    /// <param name="testFrozen">
    /// No patient goes to the test split but those that <paramref name="kept"/> has there; the others are divided between train and validation
    /// as their shares are.
    /// </param>
    public static Split[] Assign(
        IReadOnlyList<(string Patient, ImageLabel Label)> films, SplitRule rule, IReadOnlyDictionary<string, Split>? kept = null, bool testFrozen = false)
    {
        Dictionary<string, int[]> counts = new(StringComparer.Ordinal);
        foreach (var (patient, label) in films)
        {
            ref var ofPatient = ref CollectionsMarshal.GetValueRefOrAddDefault(counts, patient, out _);
            (ofPatient ??= new int[ImageLabels.Count])[(int)label]++;
        }
        Dictionary<string, Split> assigned = new(counts.Count, StringComparer.Ordinal);
        if (kept is not null)
        {
            foreach (var patient in counts.Keys)
            {
                if (kept.TryGetValue(patient, out var split)) assigned.Add(patient, split);
            }
        }

        Targets targets = new(rule, testFrozen, counts.Where(patient => !testFrozen || !IsTest(patient.Key)).Select(patient => patient.Value));
        foreach (var (patient, split) in assigned) targets.Take(split, counts[patient]);
        foreach (var (patient, ofPatient) in InTurn(counts.Where(patient => !assigned.ContainsKey(patient.Key)), rule.Seed))
        {
            var best = targets.MostInNeedOf(ofPatient);
            targets.Take(best, ofPatient);
            assigned.Add(patient, best);
        }
        return [.. films.Select(film => assigned[film.Patient])];

        bool IsTest(string patient) => assigned.TryGetValue(patient, out var split) && split == Split.Test;
    }

    /// <summary>By size, the largest first; patients of one size in the seed's order.</summary>
    private static IEnumerable<KeyValuePair<string, int[]>> InTurn(IEnumerable<KeyValuePair<string, int[]>> patients, int seed)
    {
        var shuffled = patients.OrderBy(patient => patient.Key, StringComparer.Ordinal).ToArray();
        new Random(seed).Shuffle(shuffled);
        return shuffled.OrderByDescending(patient => patient.Value.Sum());
    }

    /// <summary>How many films of each class each split still misses.</summary>
    private sealed class Targets
    {
        private readonly double[] _shares;
        private readonly int[] _totals = new int[ImageLabels.Count];
        private readonly double[][] _missing;

        public Targets(SplitRule rule, bool testFrozen, IEnumerable<int[]> patients)
        {
            foreach (var counts in patients)
            {
                for (var c = 0; c < counts.Length; c++) _totals[c] += counts[c];
            }
            _shares = testFrozen
                ? [rule.Train / (rule.Train + rule.Validation), rule.Validation / (rule.Train + rule.Validation), 0]
                : [.. s_splits.Select(rule.Share)];
            _missing = [.. _shares.Select(share => _totals.Select(total => total * share).ToArray())];
        }

        public Split MostInNeedOf(int[] counts)
        {
            var best = Split.Train;
            foreach (var split in s_splits)
            {
                if (_shares[(int)split] > 0 && Need(split, counts) > Need(best, counts)) best = split;
            }
            return best;
        }

        public void Take(Split split, int[] counts)
        {
            for (var c = 0; c < counts.Length; c++) _missing[(int)split][c] -= counts[c];
        }

        /// <summary>How much of its own share a split still misses of the classes that a patient brings.</summary>
        private double Need(Split split, int[] counts)
        {
            var need = 0.0;
            for (var c = 0; c < counts.Length; c++)
            {
                if (counts[c] > 0) need += counts[c] * _missing[(int)split][c] / (_totals[c] * _shares[(int)split]);
            }
            return need;
        }
    }
}
