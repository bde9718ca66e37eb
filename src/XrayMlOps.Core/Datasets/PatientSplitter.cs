namespace XrayMlOps.Core.Datasets;

/// <summary>
/// Splits by patient, stratified by class: patients are taken in a seeded order, those with most films first, and each goes
/// whole to the split that misses most of the classes that the patient brings. No patient can cross, by construction.
/// </summary>
public static class PatientSplitter
{
    /// <summary>The split of each film, in the order given. Deterministic: the order of <paramref name="films"/> does not matter to a patient's split.</summary>
    public static Split[] Assign(IReadOnlyList<(string Patient, ImageLabel Label)> films, SplitRule rule)
    {
        var splits = Enum.GetValues<Split>();
        var patients = films
            .GroupBy(film => film.Patient, film => film.Label)
            .Select(group => (Patient: group.Key, Counts: CountByClass(group)))
            .OrderBy(patient => patient.Patient, StringComparer.Ordinal)
            .ToArray();
        new Random(rule.Seed).Shuffle(patients);

        // Films that each split still misses, a class each.
        var totals = CountByClass(films.Select(film => film.Label));
        var missing = splits.Select(split => totals.Select(total => total * rule.Share(split)).ToArray()).ToArray();
        Dictionary<string, Split> assigned = new(patients.Length, StringComparer.Ordinal);
        foreach (var (patient, counts) in patients.OrderByDescending(patient => patient.Counts.Sum()))
        {
            var best = splits.MaxBy(split => Need(missing[(int)split], counts, totals, rule.Share(split)));
            for (var c = 0; c < counts.Length; c++) missing[(int)best][c] -= counts[c];
            assigned[patient] = best;
        }
        return [.. films.Select(film => assigned[film.Patient])];
    }

    /// <summary>How much of its own share a split still misses of the classes that a patient brings.</summary>
    private static double Need(double[] missing, int[] counts, int[] totals, double share)
    {
        var need = 0.0;
        for (var c = 0; c < counts.Length; c++)
        {
            if (counts[c] > 0) need += counts[c] * missing[c] / (totals[c] * share);
        }
        return need;
    }

    private static int[] CountByClass(IEnumerable<ImageLabel> labels)
    {
        var counts = new int[ImageLabels.Count];
        foreach (var label in labels) counts[(int)label]++;
        return counts;
    }
}
