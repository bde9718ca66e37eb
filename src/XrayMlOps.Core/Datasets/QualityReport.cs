namespace XrayMlOps.Core.Datasets;

/// <summary>What a dataset version holds that its user should know of, computed when it is made.</summary>
public sealed record QualityReport
{
    public required int Films { get; init; }

    public required int Patients { get; init; }

    public required IReadOnlyList<ClassBalance> Classes { get; init; }

    /// <summary>Files of the push that had another's bytes, and were skipped.</summary>
    public required IReadOnlyList<DuplicateFilm> ExactDuplicates { get; init; }

    /// <summary>Groups of films that look alike, the ones that cross splits first.</summary>
    public required IReadOnlyList<NearDuplicateGroup> NearDuplicates { get; init; }

    /// <summary>Films least like the rest, the farthest first.</summary>
    public required IReadOnlyList<OutlierFilm> Outliers { get; init; }

    /// <summary>Files of the push that are not in the version, and why.</summary>
    public required IReadOnlyList<RejectedFilm> Rejected { get; init; }

    /// <summary>Pixels of the originals.</summary>
    public required Distribution Width { get; init; }

    /// <summary>Pixels of the originals.</summary>
    public required Distribution Height { get; init; }

    /// <summary>Width over height of the originals.</summary>
    public required Distribution AspectRatio { get; init; }

    /// <summary>See <see cref="FilmFacts.Mean"/>.</summary>
    public required Distribution Exposure { get; init; }

    /// <summary>See <see cref="FilmFacts.Deviation"/>.</summary>
    public required Distribution Contrast { get; init; }
}

/// <param name="Share">Of all films, 0 to 1.</param>
public sealed record ClassBalance(ImageLabel Label, int Films, int Patients, double Share);

/// <summary>Films that look alike.</summary>
/// <param name="CrossesSplits">A leak: a model is tested on what it was trained on.</param>
/// <param name="CrossesPatients">Either one film under two patients, or two films that look very much alike.</param>
/// <param name="CrossesLabels">One of the labels is wrong, or the films are two.</param>
public sealed record NearDuplicateGroup(IReadOnlyList<FlaggedFilm> Films, bool CrossesSplits, bool CrossesPatients, bool CrossesLabels);

public sealed record FlaggedFilm(string Digest, string File, ImageLabel Label, string Patient, Split Split);

/// <param name="Score">Distance from the other films; those above <paramref name="Threshold"/> are flagged.</param>
/// <param name="Reason">What sets it apart, for a person.</param>
public sealed record OutlierFilm(FlaggedFilm Film, double Score, double Threshold, string Reason);

/// <summary>How a figure is distributed over the films.</summary>
/// <param name="Percentile5">5 % of the films are below.</param>
/// <param name="Percentile95">5 % of the films are above.</param>
/// <param name="Histogram">Films in bins of equal width from minimum to maximum.</param>
public sealed record Distribution(
    double Minimum, double Percentile5, double Median, double Percentile95, double Maximum, double Mean, IReadOnlyList<int> Histogram);
