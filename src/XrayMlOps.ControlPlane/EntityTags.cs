using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using XrayMlOps.Core;
using XrayMlOps.Core.Blobs;

namespace XrayMlOps.ControlPlane;

/// <summary>Answers 304 to a client that has what it asks for.</summary>
internal static class EntityTags
{
    /// <summary>Of what never changes. It shows patients: no cache that others share may keep it.</summary>
    public const string ForGood = "private, max-age=31536000, immutable";

    public static EntityTagHeaderValue Of(string digest) => new($"\"{digest}\"");

    /// <summary>Tags the response to be; answers 304 if the client has the same.</summary>
    /// <param name="isForGood">Whether this address will always have this answer.</param>
    public static StatusCodeHttpResult? Tag(this HttpContext http, string digest, bool isForGood)
    {
        var (tag, headers) = (Of(digest), http.Response.GetTypedHeaders());
        headers.ETag = tag;
        http.Response.Headers.CacheControl = isForGood ? ForGood : "no-cache";
        return http.Request.GetTypedHeaders().IfNoneMatch.Any(held => held.Equals(EntityTagHeaderValue.Any) || held.Compare(tag, useStrongComparison: false))
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : null;
    }

    /// <summary>Names an answer by what it says.</summary>
    public static string DigestOf<T>(T answer) => Digest.Of(JsonSerializer.SerializeToUtf8Bytes(answer, XrayJson.Compact));
}
