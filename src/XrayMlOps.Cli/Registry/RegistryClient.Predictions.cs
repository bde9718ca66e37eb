using System.Net.Http.Headers;
using XrayMlOps.Core.Models;
using XrayMlOps.Core.Predictions;

namespace XrayMlOps.Cli.Registry;

internal sealed partial class RegistryClient
{
    /// <summary>Asks the inference endpoint about one film.</summary>
    /// <param name="model">An alias or version; null: the champion that is served.</param>
    /// <param name="explain">Whether a heat map is wanted.</param>
    public async Task<PredictionResponse> PredictAsync(Stream film, ModelReference? model, bool explain, CancellationToken cancellationToken)
    {
        var path = $"{(model is null ? "v1/predict" : $"v1/models/{model}/predict")}{(explain ? "?explain=true" : "")}";
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StreamContent(film) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var response = await SendAsync(request, cancellationToken);
        return await ReadAsync<PredictionResponse>(response, cancellationToken);
    }

    /// <summary>Which model the inference endpoint serves now.</summary>
    public Task<ServedModel> ServedModelAsync(CancellationToken cancellationToken) => GetAsync<ServedModel>("v1/model", cancellationToken);

    public Task<FeedbackResponse> FeedbackAsync(FeedbackRequest request, CancellationToken cancellationToken) =>
        PostAsync<FeedbackRequest, FeedbackResponse>("v1/feedback", request, cancellationToken);

    /// <summary>Whether a server answers and is ready.</summary>
    public async Task<bool> IsHealthyAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, "health"), cancellationToken);
            return true;
        }
        catch (ServerProblem)
        {
            return false;
        }
    }
}
