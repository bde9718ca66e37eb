using System.Text.Json;
using XrayMlOps.Core;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.ControlPlane.Datasets;

/// <summary>A quality report as a blob.</summary>
internal static class ReportBlob
{
    public static MemoryStream Of(QualityReport report) => new(JsonSerializer.SerializeToUtf8Bytes(report, XrayJson.Compact));

    public static async Task<QualityReport> ReadReportAsync(this IBlobStore blobs, string digest, CancellationToken cancellationToken)
    {
        await using var json = await blobs.OpenReadAsync(digest, cancellationToken);
        return (await JsonSerializer.DeserializeAsync<QualityReport>(json, XrayJson.Compact, cancellationToken))!;
    }
}
