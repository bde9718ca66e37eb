namespace XrayMlOps.Core.Datasets;

/// <summary>Counts films per split and class.</summary>
public sealed class SplitTally
{
    private readonly int[,] _films = new int[Enum.GetValues<Split>().Length, ImageLabels.Count];

    /// <summary>See <see cref="Counts"/>.</summary>
    public static IReadOnlyList<SplitCounts> Of(IEnumerable<ManifestEntry> films)
    {
        SplitTally tally = new();
        foreach (var film in films) tally.Add(film);
        return tally.Counts();
    }

    public void Add(ManifestEntry film) => _films[(int)film.Split, (int)film.Label]++;

    /// <summary>One a split, in their order, those without a film too.</summary>
    public IReadOnlyList<SplitCounts> Counts() =>
    [
        .. Enum.GetValues<Split>().Select(split => new SplitCounts(
            split, _films[(int)split, (int)ImageLabel.Normal], _films[(int)split, (int)ImageLabel.Bacteria], _films[(int)split, (int)ImageLabel.Virus])),
    ];
}
