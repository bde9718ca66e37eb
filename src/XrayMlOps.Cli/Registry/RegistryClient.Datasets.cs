using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Registry;

internal sealed partial class RegistryClient
{
    public IAsyncEnumerable<DatasetVersionResponse> DatasetsAsync(CancellationToken cancellationToken) =>
        ListAsync<DatasetVersionResponse>("api/datasets", cancellationToken);

    public Task<DatasetVersionResponse> DatasetAsync(string reference, CancellationToken cancellationToken) =>
        GetAsync<DatasetVersionResponse>($"api/datasets/{Escape(reference)}", cancellationToken);

    /// <summary>The versions of a dataset, the newest first.</summary>
    public IAsyncEnumerable<DatasetVersionResponse> VersionsAsync(string name, CancellationToken cancellationToken) =>
        ListAsync<DatasetVersionResponse>($"api/datasets/{Escape(name)}/versions", cancellationToken);

    public async Task<IReadOnlyList<ManifestEntry>> ManifestAsync(string reference, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, $"api/datasets/{Escape(reference)}/manifest"), cancellationToken);
        await using var lines = await response.Content.ReadAsStreamAsync(cancellationToken);
        return await ReceiveAsync(DatasetManifest.ReadAsync(lines, cancellationToken).ToListAsync(cancellationToken).AsTask());
    }

    /// <summary>Films of a version, ordered by digest: those that meet every condition given.</summary>
    public IAsyncEnumerable<ManifestEntry> FilmsAsync(
        string reference, ImageLabel? label, Split? split, string? patient, int pageSize, CancellationToken cancellationToken)
    {
        var query = (label is { } c ? $"&label={c.Name()}" : "") + (split is { } s ? $"&split={s.ToString().ToLowerInvariant()}" : "")
            + (patient is null ? "" : $"&patient={Escape(patient)}");
        return ListAsync<ManifestEntry>($"api/datasets/{Escape(reference)}/films", cancellationToken, query, pageSize);
    }

    public Task<QualityReport> ReportAsync(string reference, CancellationToken cancellationToken) =>
        GetAsync<QualityReport>($"api/datasets/{Escape(reference)}/report", cancellationToken);

    public Task<DatasetLineage> LineageAsync(string reference, CancellationToken cancellationToken) =>
        GetAsync<DatasetLineage>($"api/datasets/{Escape(reference)}/lineage", cancellationToken);

    public Task<DatasetDiff> DiffAsync(string from, string to, CancellationToken cancellationToken) =>
        GetAsync<DatasetDiff>($"api/datasets/{Escape(from)}/diff/{Escape(to)}", cancellationToken);

    /// <summary>The films that differ, ordered by digest.</summary>
    public IAsyncEnumerable<FilmChange> ChangesAsync(string from, string to, CancellationToken cancellationToken) =>
        LinesAsync<FilmChange>(new HttpRequestMessage(HttpMethod.Get, $"api/datasets/{Escape(from)}/diff/{Escape(to)}/films"), cancellationToken);

    public async Task<DatasetVersionResponse> TagAsync(string reference, string tag, CancellationToken cancellationToken)
    {
        using var request = JsonRequest(HttpMethod.Put, $"api/datasets/{Escape(reference)}/tags", new TagRequest(tag));
        using var response = await SendAsync(request, cancellationToken);
        return await ReadAsync<DatasetVersionResponse>(response, cancellationToken);
    }

    public async Task RemoveTagAsync(string name, string tag, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"api/datasets/{Escape(name)}/tags/{Escape(tag)}"), cancellationToken);
    }

    public async Task DeleteDatasetAsync(string reference, DeleteDatasetRequest why, CancellationToken cancellationToken)
    {
        using var request = JsonRequest(HttpMethod.Delete, $"api/datasets/{Escape(reference)}", why);
        using var response = await SendAsync(request, cancellationToken);
    }

    /// <summary>Makes a version; answers with the push's last event, and reports those before it.</summary>
    public async Task<PushEvent> PushAsync(string name, PushRequest push, Action<PushProgress> report, CancellationToken cancellationToken)
    {
        using var request = JsonRequest(HttpMethod.Post, $"api/datasets/{Escape(name)}/versions", push);
        await foreach (var pushEvent in LinesAsync<PushEvent>(request, cancellationToken))
        {
            if (pushEvent is not PushProgress progress) return pushEvent;
            report(progress);
        }
        throw new CommandFailure(
            ExitCode.Failed, "The server ended the push without an answer; its log says why. Push again: what was uploaded is kept.");
    }
}
