using System.Net;
using XrayMlOps.Core;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Predictions;

namespace XrayMlOps.ControlPlane.Tests.Predictions;

public sealed class PredictionEndpointsTests
{
    private static readonly DateTimeOffset s_noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Predictions_delivered_twice_are_logged_once()
    {
        await using var host = await RegistryHost.StartAsync();
        var (first, second) = (Predicted.At(s_noon), Predicted.At(s_noon.AddMinutes(1)));

        foreach (var batch in (PredictionRecord[][])[[first], [first, second, second]])
        {
            using var response = await host.PostAsync("/api/predictions", new PredictionBatch(batch));
            Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        }

        var log = await host.GetAsync<Page<PredictionRecord>>("/api/predictions?model=m");
        Assert.Equal([second.Id, first.Id], log.Items.Select(prediction => prediction.Id));
        Assert.Equal(first.Probabilities, log.Items[1].Probabilities);
        Assert.Empty((await host.GetAsync<Page<PredictionRecord>>("/api/predictions?model=other")).Items);
    }

    [Fact]
    public async Task Feedback_says_whether_the_prediction_was_right_and_is_remembered()
    {
        await using var host = await RegistryHost.StartAsync();
        var prediction = Predicted.At(s_noon);
        using var recorded = await host.PostAsync("/api/predictions", new PredictionBatch([prediction]));

        var right = await host.PostAsync<FeedbackRequest, FeedbackResponse>("/api/feedback", new FeedbackRequest(prediction.Id, ImageLabel.Normal, "dr a"), HttpStatusCode.Created);
        var wrong = await host.PostAsync<FeedbackRequest, FeedbackResponse>("/api/feedback", new FeedbackRequest(prediction.Id, ImageLabel.Virus, "dr b"), HttpStatusCode.Created);

        Assert.Equal((true, false), (right.Correct, wrong.Correct));
        Assert.Equal(ImageLabel.Virus, Assert.Single((await host.GetAsync<Page<PredictionRecord>>("/api/predictions")).Items).TrueLabel);
        await RegistryHost.ProblemAsync(HttpStatusCode.NotFound, host.PostAsync("/api/feedback", new FeedbackRequest(Guid.NewGuid(), ImageLabel.Virus)));
    }

    [Fact]
    public async Task Batch_with_a_malformed_line_is_refused_whole()
    {
        await using var host = await RegistryHost.StartAsync();

        await RegistryHost.ProblemAsync(HttpStatusCode.UnprocessableEntity, host.PostAsync(
            "/api/predictions", new PredictionBatch([Predicted.At(s_noon), Predicted.At(s_noon) with { Probabilities = [1] }])));

        Assert.Empty((await host.GetAsync<Page<PredictionRecord>>("/api/predictions")).Items);
    }
}

internal static class Predicted
{
    public static PredictionRecord At(DateTimeOffset at) => new(
        Guid.NewGuid(), at, "m", 1, new string('d', 64), new string('e', 64), new string('f', 64), 24, 20, ImageLabel.Normal, [0.7f, 0.2f, 0.1f], 4.5, null);
}
