using XrayMlOps.Core.Models;
using XrayMlOps.Core.Monitoring;

namespace XrayMlOps.Cli.Registry;

internal sealed partial class RegistryClient
{
    public IAsyncEnumerable<RegisteredModelResponse> ModelsAsync(CancellationToken cancellationToken) =>
        ListAsync<RegisteredModelResponse>("api/models", cancellationToken);

    public Task<RegisteredModelResponse> ModelAsync(string name, CancellationToken cancellationToken) =>
        GetAsync<RegisteredModelResponse>($"api/models/{Escape(name)}", cancellationToken);

    public Task<ModelVersionResponse> ModelVersionAsync(ModelReference reference, CancellationToken cancellationToken) =>
        GetAsync<ModelVersionResponse>(
            reference.Version is { } version
                ? $"api/models/{Escape(reference.Name)}/versions/{version}"
                : $"api/models/{Escape(reference.Name)}/aliases/{Escape(reference.Alias!)}",
            cancellationToken);

    public Task<ModelVersionResponse> RegisterAsync(string name, int runId, CancellationToken cancellationToken) =>
        PostAsync<RegisterModelRequest, ModelVersionResponse>(
            $"api/models/{Escape(name)}/versions", new RegisterModelRequest(runId), cancellationToken);

    public Task<PromotionResponse> PromoteAsync(string name, PromoteRequest request, CancellationToken cancellationToken) =>
        PostAsync<PromoteRequest, PromotionResponse>($"api/models/{Escape(name)}/promotions", request, cancellationToken);

    public Task<RealisedAccuracyResponse> AccuracyAsync(string name, int periodHours, CancellationToken cancellationToken) =>
        GetAsync<RealisedAccuracyResponse>($"api/models/{Escape(name)}/accuracy?periodHours={periodHours}", cancellationToken);
}
