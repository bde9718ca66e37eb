using XrayMlOps.Inference.Scheduling;

namespace XrayMlOps.InferenceApi.OpenInference;

/// <summary>A film with its answer.</summary>
/// <param name="Id">Of the prediction in the log.</param>
internal readonly record struct ScoredFilm(FilmWork Work, Guid Id)
{
    /// <summary>Characters of an id.</summary>
    public const int IdLength = 36;

    /// <summary><c>[3, h, w]</c>; empty if it was not asked for.</summary>
    public ReadOnlySpan<float> Activation => Work.Activation is { } activation ? activation.Values : [];
}
