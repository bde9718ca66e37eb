using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Datasets.Push;

/// <summary>
/// Describes films to the registry. Of a DICOM file neither the patient's number nor the path is told, for either may say who it is: the
/// deployment turns the number into a key, and the film is named after that and its content.
/// </summary>
internal sealed class PatientKeys(RegistryClient client, Patience patience)
{
    private const int MostPerQuestion = 5_000;

    /// <summary>Films by path, and the files whose picture and patient are another's: the first by path is described.</summary>
    public async Task<(IReadOnlyList<PushedFilm> Films, IReadOnlyList<DuplicateFilm> Duplicates)> DescribeAsync(
        IEnumerable<HashedFilm> films, CancellationToken cancellationToken)
    {
        var sorted = films.OrderBy(film => film.Film.File, StringComparer.Ordinal).ToArray();
        var keys = await KeysAsync(sorted, cancellationToken);
        Dictionary<string, HashedFilm> firsts = new(StringComparer.Ordinal);
        List<PushedFilm> described = new(sorted.Length);
        List<DuplicateFilm> duplicates = [];
        foreach (var film in sorted)
        {
            var key = film.PatientId is { } number ? keys[number] : film.Film.Patient;
            var file = film.IsDicom ? $"{key}/{film.Digest[..16]}.dcm" : film.Film.File;
            // Of labels that contradict each other the server tells: both must arrive there.
            if (firsts.TryGetValue(file, out var first) && first.Film.Label == film.Film.Label)
            {
                duplicates.Add(new DuplicateFilm(film.Film.File, first.Film.File));
                continue;
            }
            if (first is not null) file = $"{key}/{film.Digest[..16]}-{film.Film.Label.Name()}.dcm";
            else firsts.Add(file, film);
            described.Add(new PushedFilm(file, film.Digest, film.Film.Label, key));
        }
        return ([.. described.DistinctBy(film => film.File)], duplicates);
    }

    private async Task<Dictionary<string, string>> KeysAsync(IEnumerable<HashedFilm> films, CancellationToken cancellationToken)
    {
        Dictionary<string, string> keys = new(StringComparer.Ordinal);
        foreach (var numbers in films.Select(film => film.PatientId).OfType<string>().Distinct(StringComparer.Ordinal).Chunk(MostPerQuestion))
        {
            var answer = await patience.RideOutAsync(() => client.PseudonymsAsync(numbers, cancellationToken), cancellationToken);
            foreach (var (number, key) in numbers.Zip(answer)) keys[number] = key;
        }
        return keys;
    }
}
