using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Polly;
using XrayMlOps.Core;
using XrayMlOps.Core.Access;
using XrayMlOps.Core.Models;
using XrayMlOps.Core.Predictions;
using XrayMlOps.ServiceDefaults.Access;

namespace XrayMlOps.InferenceApi.ControlPlane;

/// <summary>The control plane did not answer, or not as agreed.</summary>
/// <param name="refused">It read the request and will refuse it again: repeating it is of no use.</param>
internal sealed class ControlPlaneException(string message, Exception? inner = null, bool refused = false) : Exception(message, inner)
{
    public bool Refused { get; } = refused;
}

/// <summary>What the inference host asks of the registry. Each call throws <see cref="ControlPlaneException"/> if it gets no good answer.</summary>
internal sealed class ControlPlaneClient(
    IHttpClientFactory clients, ControlPlaneAddress address, IOptionsMonitor<ControlPlaneOptions> options, ProcessKey processKey, TimeProvider time)
{
    public const string HttpClientName = "control-plane";

    private static readonly TimeSpan s_answerTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_downloadTime = TimeSpan.FromMinutes(5);

    /// <summary>The model version that a reference points at; null if there is none.</summary>
    public Task<ModelVersionResponse?> FindModelAsync(ModelReference reference, CancellationToken cancellationToken) =>
        CallAsync(HttpMethod.Get, PathOf(reference), null, s_answerTime, async (response, stop) =>
        {
            if (response.StatusCode == HttpStatusCode.NotFound) return null;
            await RequireSuccessAsync(response, stop);
            return await response.Content.ReadFromJsonAsync<ModelVersionResponse>(XrayJson.Compact, stop);
        }, cancellationToken);

    /// <summary>The bytes under a digest, not verified.</summary>
    public Task<byte[]> GetBlobAsync(string digest, CancellationToken cancellationToken) =>
        CallAsync(HttpMethod.Get, $"api/blobs/{digest}", null, s_downloadTime, async (response, stop) =>
        {
            await RequireSuccessAsync(response, stop);
            return await response.Content.ReadAsByteArrayAsync(stop);
        }, cancellationToken);

    /// <summary>The registry's keys, as those need them who check them.</summary>
    public Task<ApiKeyVerifiers> GetKeysAsync(CancellationToken cancellationToken) =>
        CallAsync(HttpMethod.Get, "api/keys/verifiers", null, s_answerTime, async (response, stop) =>
        {
            await RequireSuccessAsync(response, stop);
            return await response.Content.ReadFromJsonAsync<ApiKeyVerifiers>(XrayJson.Compact, stop) ?? throw new JsonException("the answer is null");
        }, cancellationToken);

    public Task SendPredictionsAsync(IReadOnlyList<PredictionRecord> predictions, CancellationToken cancellationToken) =>
        CallAsync(HttpMethod.Post, "api/predictions", new PredictionBatch(predictions), s_answerTime, async (response, stop) =>
        {
            await RequireSuccessAsync(response, stop);
            return true;
        }, cancellationToken);

    /// <summary>The control plane's answer as it stands, good or a problem of the request (4xx).</summary>
    public Task<(HttpStatusCode Status, string? ContentType, string Body)> SendFeedbackAsync(FeedbackRequest feedback, CancellationToken cancellationToken) =>
        CallAsync(HttpMethod.Post, "api/feedback", feedback, s_answerTime, async (response, stop) =>
        {
            if ((int)response.StatusCode >= 500) await RequireSuccessAsync(response, stop);
            return (response.StatusCode, response.Content.Headers.ContentType?.ToString(), await response.Content.ReadAsStringAsync(stop));
        }, cancellationToken);

    private static string PathOf(ModelReference reference) => string.Create(
        CultureInfo.InvariantCulture, $"api/models/{reference.Name}/{(reference.Version is { } version ? $"versions/{version}" : $"aliases/{reference.Alias}")}");

    private async Task<T> CallAsync<T>(
        HttpMethod method, string path, object? body, TimeSpan limit, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        var url = new Uri(await address.GetAsync(cancellationToken), path);
        using var timeout = new CancellationTokenSource(limit, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using var client = clients.CreateClient(HttpClientName);
        client.Timeout = Timeout.InfiniteTimeSpan;
        try
        {
            using var request = new HttpRequestMessage(method, url);
            var control = options.CurrentValue;
            // To another process this one's key says nothing, and it is not to be shown around.
            if ((control.ApiKey ?? (control.Url is null ? processKey.Text : null)) is { } key) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            if (body is not null) request.Content = JsonContent.Create(body, body.GetType(), options: XrayJson.Compact);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop.Token);
            return await read(response, stop.Token);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ControlPlaneException($"{method} {url} was not answered within {limit.TotalSeconds:0} s.", late);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or JsonException or ExecutionRejectedException)
        {
            throw new ControlPlaneException($"{method} {url} failed: {failure.Message}", failure);
        }
    }

    private static async Task RequireSuccessAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode) return;
        var answer = await response.Content.ReadAsStringAsync(cancellationToken);
        throw new ControlPlaneException(
            $"{response.RequestMessage?.Method} {response.RequestMessage?.RequestUri} was answered with {(int)response.StatusCode}: {answer}",
            refused: response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnprocessableEntity);
    }
}
