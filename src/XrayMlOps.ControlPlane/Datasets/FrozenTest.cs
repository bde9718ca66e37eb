using XrayMlOps.Core.Datasets;

namespace XrayMlOps.ControlPlane.Datasets;

/// <summary>Keeps a version's test set, film by film, in another version.</summary>
internal static class FrozenTest
{
    private const int MostNamed = 20;

    /// <summary>
    /// Settles the splits that the frozen set decides: its patients are tested on, and nobody else. Further films of its patients leave
    /// <paramref name="films"/>.
    /// </summary>
    /// <param name="films">Of the version to be; films are only taken out.</param>
    /// <param name="frozen">The test films to keep.</param>
    /// <param name="splits">By patient; those that the frozen set contradicts are changed or taken out.</param>
    /// <returns>Why it cannot be, or null.</returns>
    public static string? Apply(List<PushedFilm> films, IReadOnlyList<ManifestEntry> frozen, Dictionary<string, Split> splits, List<RejectedFilm> leftOut)
    {
        var tested = frozen.Select(film => film.Digest).ToHashSet(StringComparer.Ordinal);
        var here = films.Where(film => tested.Contains(film.Digest)).ToArray();
        if (here.Length < frozen.Count)
        {
            var found = here.Select(film => film.Digest).ToHashSet(StringComparer.Ordinal);
            var missing = frozen.Where(film => !found.Contains(film.Digest)).ToArray();
            var names = string.Join(", ", missing.Take(MostNamed).Select(film => $"'{film.File}' ({film.Digest[..12]})"));
            return $"{missing.Length} of its {frozen.Count} test films are not in the new version: push them too, or begin with that version (base). They are {names}"
                + (missing.Length > MostNamed ? ", …" : "");
        }

        // A patient who has another name by now is the same patient.
        var patients = here.Select(film => film.Patient).Concat(frozen.Select(film => film.Patient)).ToHashSet(StringComparer.Ordinal);
        films.RemoveAll(film =>
        {
            var leaves = patients.Contains(film.Patient) && !tested.Contains(film.Digest);
            if (leaves) leftOut.Add(new RejectedFilm(film.File, $"patient '{film.Patient}' is in the frozen test set, whose films stay as they are"));
            return leaves;
        });
        foreach (var patient in splits.Where(pair => pair.Value == Split.Test).Select(pair => pair.Key).ToArray()) splits.Remove(patient);
        foreach (var patient in patients) splits[patient] = Split.Test;
        return null;
    }
}
