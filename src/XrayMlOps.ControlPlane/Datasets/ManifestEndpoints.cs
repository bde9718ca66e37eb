using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using XrayMlOps.Core;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;
using XrayMlOps.ServiceDefaults.Access;
using XrayMlOps.Storage;

namespace XrayMlOps.ControlPlane.Datasets;

/// <summary>Which films of a version to list. Its members throw <see cref="BadHttpRequestException"/> if the request's values are no good.</summary>
internal readonly record struct FilmQuery(
    [property: Description("The 'next' of the page before: a digest.")] string? After,
    [property: Description("Films a page, 1 to 1,000.")] int? Limit,
    [property: Description("normal, bacteria or virus.")] string? Label,
    [property: Description("train, validation or test.")] string? Split,
    [property: Description("Whom the films show.")] string? Patient)
{
    private const int Default = 100;
    private const int Largest = 1_000;

    public int Size => Limit switch
    {
        null => Default,
        >= 1 and <= Largest => Limit.Value,
        _ => throw new BadHttpRequestException($"limit {Limit}: 1 to {Largest:N0} are allowed."),
    };

    public string? Digest => string.IsNullOrEmpty(After) ? null : Core.Blobs.Digest.IsValid(After) ? After : throw new BadHttpRequestException($"after '{After}': give the 'next' of the page before.");

    public Predicate<ManifestEntry> Matcher()
    {
        var (label, split, patient) = (ReadLabel(), ReadSplit(), Patient);
        return film => (label is null || film.Label == label) && (split is null || film.Split == split) && (patient is null || film.Patient == patient);
    }

    private ImageLabel? ReadLabel() => Label switch
    {
        null => null,
        _ when ImageLabels.TryParse(Label, out var label) => label,
        _ => throw new BadHttpRequestException($"label '{Label}': give {string.Join(", ", ImageLabels.Names)}."),
    };

    private Split? ReadSplit() => Split switch
    {
        null => null,
        "train" => Core.Datasets.Split.Train,
        "validation" => Core.Datasets.Split.Validation,
        "test" => Core.Datasets.Split.Test,
        _ => throw new BadHttpRequestException($"split '{Split}': give train, validation or test."),
    };
}

/// <summary>What a version holds: its films, and what is to be known of them.</summary>
internal static class ManifestEndpoints
{
    public static void MapManifest(this IEndpointRouteBuilder datasets)
    {
        datasets.MapGet("/{reference}/manifest", ShowManifest).RequireAuthorization(Policies.Look).Produces<ManifestEntry>(contentType: JsonLines.ContentType);
        datasets.MapGet("/{reference}/films", ListFilms).RequireAuthorization(Policies.Look);
        datasets.MapGet("/{reference}/report", ShowReport).RequireAuthorization(Policies.Look).Produces<QualityReport>();
    }

    private static async Task<Results<FileStreamHttpResult, ProblemHttpResult>> ShowManifest(
        string reference, HttpContext http, RegistryDbContext registry, IBlobStore blobs, CancellationToken cancellationToken)
    {
        var found = await registry.FindVersionAsync(reference, cancellationToken);
        return found.Version is { } version
            ? await BlobAsync(http, blobs, version.Digest, found.IsForGood, JsonLines.ContentType, cancellationToken)
            : found.Problem!;
    }

    private static async Task<Results<Ok<Page<ManifestEntry>>, StatusCodeHttpResult, ProblemHttpResult>> ListFilms(
        string reference, [AsParameters] FilmQuery query, HttpContext http, RegistryDbContext registry, IBlobStore blobs, CancellationToken cancellationToken)
    {
        var (size, after, matches) = (query.Size, query.Digest, query.Matcher());
        var found = await registry.FindVersionAsync(reference, cancellationToken);
        if (found.Version is not { } version) return found.Problem!;
        if (http.Tag(version.Digest, found.IsForGood) is { } unchanged) return unchanged;
        await using var manifest = await blobs.OpenReadAsync(version.Digest, cancellationToken);
        List<ManifestEntry> films = [];
        await foreach (var film in DatasetManifest.ReadAfterAsync(manifest, after, cancellationToken))
        {
            if (!matches(film)) continue;
            if (films.Count == size) return TypedResults.Ok(new Page<ManifestEntry>(films, films[^1].Digest));
            films.Add(film);
        }
        return TypedResults.Ok(new Page<ManifestEntry>(films, Next: null));
    }

    private static async Task<Results<FileStreamHttpResult, ProblemHttpResult>> ShowReport(
        string reference, HttpContext http, RegistryDbContext registry, IBlobStore blobs, CancellationToken cancellationToken)
    {
        var found = await registry.FindVersionAsync(reference, cancellationToken);
        return found.Version switch
        {
            null => found.Problem!,
            { ReportDigest: { } digest } => await BlobAsync(http, blobs, digest, isForGood: false, "application/json", cancellationToken), // films alone do not tell what was refused
            var version => Refuse.NotFound($"{version.Reference} has no quality report: it was made before there was one. Push its films again for a version that has."),
        };
    }

    /// <summary>A blob under another address than its own; the framework answers ranges and 304.</summary>
    private static async Task<FileStreamHttpResult> BlobAsync(
        HttpContext http, IBlobStore blobs, string digest, bool isForGood, string type, CancellationToken cancellationToken)
    {
        http.Response.Headers.CacheControl = isForGood ? EntityTags.ForGood : "no-cache";
        return TypedResults.Stream(await blobs.OpenReadAsync(digest, cancellationToken), type, entityTag: EntityTags.Of(digest), enableRangeProcessing: true);
    }
}
