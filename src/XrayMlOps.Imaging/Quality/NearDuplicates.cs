using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Imaging.Quality;

/// <summary>
/// Finds films that look alike: their hashes differ in at most <see cref="MaxDistance"/> bits, and their thumbnails correlate by at least
/// <see cref="MinCorrelation"/>. A film that is almost blank has nothing to be compared by, and looks like none.
/// </summary>
/// <remarks>
/// Hashes that differ in at most 31 bits differ in at most one bit in at least one of their 16 words, so that a film is compared only with those
/// that have one of its words, give or take a bit, and none is missed (Norouzi, Punjani and Fleet 2012, "Fast search in Hamming space with
/// multi-index hashing"). On real films that is one pair in 60.
/// </remarks>
internal sealed class NearDuplicates
{
    /// <summary>See <see cref="PerceptualHash"/> for the measurements behind it.</summary>
    public const int MaxDistance = 2 * PerceptualHash.Words - 1;

    /// <summary>Copies of real films that <see cref="MaxDistance"/> finds reach 0.984, distinct films of up to 47 bits 0.975.</summary>
    public const double MinCorrelation = 0.98;

    private const double BlankDeviation = 1;

    private readonly IReadOnlyList<FilmFacts> _films;
    private readonly int[] _parents; // of a forest: films with one root are one group

    private NearDuplicates(IReadOnlyList<FilmFacts> films) => (_films, _parents) = (films, [.. Enumerable.Range(0, films.Count)]);

    /// <summary>Groups of two and more films, as indices into <paramref name="films"/>, ascending. What looks like one of a group is of the group.</summary>
    public static IReadOnlyList<int[]> Find(IReadOnlyList<FilmFacts> films, CancellationToken cancellationToken)
    {
        var search = new NearDuplicates(films);
        search.Search(cancellationToken);
        return [.. Enumerable.Range(0, films.Count).GroupBy(search.Root).Select(group => group.ToArray()).Where(group => group.Length > 1)];
    }

    private void Search(CancellationToken cancellationToken)
    {
        var indexed = Distinct();
        var hashes = indexed.Select(film => PerceptualHash.Parse(_films[film].PerceptualHash)).ToArray();
        var ordered = new PerceptualHash[hashes.Length];
        var places = new int[hashes.Length];
        var starts = new int[(1 << 16) + 1];
        for (var word = 0; word < PerceptualHash.Words; word++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            SortByWord(hashes, word, starts, places);
            for (var i = 0; i < places.Length; i++) ordered[i] = hashes[places[i]];
            for (var i = 0; i < ordered.Length; i++)
            {
                var value = ordered[i].Word(word);
                Compare(i, i + 1, starts[value + 1]);
                for (var bit = 0; bit < 16; bit++)
                {
                    var other = value ^ (1 << bit);
                    if (other > value) Compare(i, starts[other], starts[other + 1]);
                }
            }
        }

        void Compare(int film, int from, int to)
        {
            for (var other = from; other < to; other++)
            {
                if (PerceptualHash.Distance(ordered[film], ordered[other]) <= MaxDistance) Join(indexed[places[film]], indexed[places[other]]);
            }
        }
    }

    /// <summary>Joins films with equal hashes, and gives one of each: a dataset of copies must not cost the square of their number.</summary>
    private List<int> Distinct()
    {
        Dictionary<string, int> seen = new(_films.Count, StringComparer.Ordinal);
        List<int> distinct = [];
        for (var film = 0; film < _films.Count; film++)
        {
            if (Deviation(_films[film].Thumbnail) < BlankDeviation) continue;
            if (seen.TryAdd(_films[film].PerceptualHash, film) || !Join(seen[_films[film].PerceptualHash], film)) distinct.Add(film);
        }
        return distinct;
    }

    /// <summary>A counting sort: <paramref name="starts"/> says where in <paramref name="places"/> the hashes with each value of the word begin.</summary>
    private static void SortByWord(PerceptualHash[] hashes, int word, int[] starts, int[] places)
    {
        Array.Clear(starts);
        foreach (var hash in hashes) starts[hash.Word(word) + 1]++;
        for (var value = 1; value < starts.Length; value++) starts[value] += starts[value - 1];
        int[] next = [.. starts];
        for (var i = 0; i < hashes.Length; i++) places[next[hashes[i].Word(word)]++] = i;
    }

    private bool Join(int left, int right)
    {
        var (a, b) = (Root(left), Root(right));
        if (a == b) return true;
        if (Correlation(_films[left].Thumbnail, _films[right].Thumbnail) < MinCorrelation) return false;
        _parents[Math.Max(a, b)] = Math.Min(a, b);
        return true;
    }

    private int Root(int film)
    {
        while (_parents[film] != film) film = _parents[film] = _parents[_parents[film]];
        return film;
    }

    private static double Deviation(ReadOnlySpan<byte> thumbnail) => Math.Sqrt(Covariance(thumbnail, thumbnail));

    private static double Correlation(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        Covariance(left, right) / Math.Sqrt(Covariance(left, left) * Covariance(right, right));

    private static double Covariance(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var (sumLeft, sumRight, products) = (0L, 0L, 0L);
        for (var i = 0; i < left.Length; i++)
        {
            sumLeft += left[i];
            sumRight += right[i];
            products += left[i] * right[i];
        }
        return (products - (double)sumLeft * sumRight / left.Length) / left.Length;
    }
}
