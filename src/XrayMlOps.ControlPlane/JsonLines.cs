using System.Text.Json;
using XrayMlOps.Core;

namespace XrayMlOps.ControlPlane;

/// <summary>Answers of one JSON object a line, written as they come.</summary>
internal static class JsonLines
{
    public const string ContentType = "application/x-ndjson";
    private static readonly byte[] s_lineEnd = [(byte)'\n'];

    public static async Task WriteAsync<T>(Stream body, T line, CancellationToken cancellationToken)
    {
        await JsonSerializer.SerializeAsync(body, line, XrayJson.Compact, cancellationToken);
        await body.WriteAsync(s_lineEnd, cancellationToken);
    }
}
