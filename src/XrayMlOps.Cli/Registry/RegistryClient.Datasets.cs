using System.Text.Json;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Core;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Registry;

internal sealed partial class RegistryClient
{
    public IAsyncEnumerable<DatasetVersionResponse> DatasetsAsync(CancellationToken cancellationToken) =>
        ListAsync<DatasetVersionResponse>("api/datasets", cancellationToken);

    public Task<DatasetVersionResponse> DatasetAsync(string reference, CancellationToken cancellationToken) =>
        GetAsync<DatasetVersionResponse>($"api/datasets/{Escape(reference)}", cancellationToken);

    public async Task<IReadOnlyList<ManifestEntry>> ManifestAsync(string reference, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, $"api/datasets/{Escape(reference)}/manifest"), cancellationToken);
        await using var lines = await response.Content.ReadAsStreamAsync(cancellationToken);
        return await DatasetManifest.ReadAsync(lines, cancellationToken).ToListAsync(cancellationToken);
    }

    /// <summary>Makes a version; answers with the push's last event, and reports those before it.</summary>
    public async Task<PushEvent> PushAsync(string name, PushRequest push, Action<PushProgress> report, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"api/datasets/{Escape(name)}/versions")
        {
            Content = JsonContent.Create(push, options: XrayJson.Compact),
        };
        using var response = await SendAsync(request, cancellationToken);
        try
        {
            using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
            while (await lines.ReadLineAsync(cancellationToken) is { } line)
            {
                if (line.Length == 0) continue;
                var pushEvent = JsonSerializer.Deserialize<PushEvent>(line, XrayJson.Compact);
                if (pushEvent is PushProgress progress) report(progress);
                else if (pushEvent is not null) return pushEvent;
            }
        }
        catch (IOException problem)
        {
            throw Unreachable(problem);
        }
        throw new CommandFailure(
            ExitCode.Failed, "The server ended the push without an answer; its log says why. Push again: what was uploaded is kept.");
    }
}
