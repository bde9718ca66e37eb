using XrayMlOps.Cli.Datasets.Sources;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Datasets.Rules;

namespace XrayMlOps.Cli.Datasets.Push;

/// <summary>What a push is told beside where the films are.</summary>
/// <param name="Name">Of the dataset.</param>
internal sealed record PushSettings(string Name)
{
    public SourceSettings Source { get; init; } = SourceSettings.Default;

    /// <summary>Tells class and patient.</summary>
    public Func<FilmSource, IFilmRule> Rule { get; init; } = source => FilmRules.Create(source.Rule, new FilmRuleOptions());

    /// <summary>The request without its films.</summary>
    public PushRequest Version { get; init; } = new([]);

    /// <summary>See <see cref="MissingFilmsRequest.Verify"/>.</summary>
    public bool Verify { get; init; }
}

/// <summary>What came of a push.</summary>
/// <param name="Found">Films of each class in the source, exact duplicates and what cannot be read included.</param>
/// <param name="Rejected">Files that are not in the version, whoever refused them: their path, this machine, or the server's decoder.</param>
/// <param name="Ignored">See <see cref="FilmSource"/>.</param>
internal sealed record PushOutcome(
    DatasetVersionResponse Version, bool Created, FilmCounts Found, IReadOnlyList<RejectedFilm> Rejected, IReadOnlyList<DuplicateFilm> Duplicates, int Ignored, int Uploaded);
