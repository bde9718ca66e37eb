using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace XrayMlOps.InferenceApi.Predictions;

/// <summary>Films as they arrive: the bytes of one, or a multipart body with several.</summary>
/// <param name="File">The name of the multipart part; null if the film is the whole body.</param>
internal sealed record FilmUpload(string? File, PooledBytes Bytes) : IDisposable
{
    /// <summary>The media type of a DICOM Part 10 file (RFC 3240).</summary>
    public const string Dicom = "application/dicom";

    public void Dispose() => Bytes.Dispose();

    public static bool IsOneFilm(MediaTypeHeaderValue contentType) =>
        contentType.MediaType.Value?.ToLowerInvariant() is "image/jpeg" or "image/png" or Dicom or "application/octet-stream";

    /// <summary>Has the server refuse, with 413, a body longer than <paramref name="bytes"/> as soon as that is known.</summary>
    public static void LimitBody(HttpContext context, long bytes)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = bytes;
    }

    public static async Task<FilmUpload> ReadOneAsync(HttpRequest request, CancellationToken cancellationToken) =>
        new(null, await PooledBytes.ReadAsync(request.Body, request.ContentLength, cancellationToken));

    /// <summary>Reads every part. Throws <see cref="InvalidDataException"/>, saying what to do, if the body is no multipart body or has too many.</summary>
    public static async Task<IReadOnlyList<FilmUpload>> ReadPartsAsync(
        HttpRequest request, MediaTypeHeaderValue contentType, int maxParts, CancellationToken cancellationToken)
    {
        var boundary = HeaderUtilities.RemoveQuotes(contentType.Boundary).Value;
        if (string.IsNullOrEmpty(boundary)) throw new InvalidDataException("The content type names no boundary.");
        var reader = new MultipartReader(boundary, request.Body);
        List<FilmUpload> films = [];
        try
        {
            while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
            {
                if (films.Count == maxParts) throw new InvalidDataException($"There are more than {maxParts} films. Send them in several requests.");
                films.Add(new FilmUpload(NameOf(section, films.Count + 1), await PooledBytes.ReadAsync(section.Body, null, cancellationToken)));
            }
            return films;
        }
        catch (Exception failure)
        {
            foreach (var film in films) film.Dispose();
            // The reader says by an IOException that the body ends early; the server, by a subclass of it, that it is too long.
            if (failure is IOException and not BadHttpRequestException && !cancellationToken.IsCancellationRequested)
                throw new InvalidDataException($"The multipart body cannot be read: {failure.Message}", failure);
            throw;
        }
    }

    private static string NameOf(MultipartSection section, int number)
    {
        if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition)) return $"part {number}";
        var name = new[] { disposition.FileNameStar, disposition.FileName, disposition.Name }.Select(HeaderUtilities.RemoveQuotes).FirstOrDefault(text => text.Length > 0);
        return name.Length > 0 ? name.ToString() : $"part {number}";
    }
}
