using System.Net;
using XrayMlOps.Core;
using XrayMlOps.Core.Models;
using XrayMlOps.Core.Monitoring;
using XrayMlOps.Core.Predictions;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.ControlPlane.Tests.Models;

public sealed class ModelEndpointsTests
{
    [Fact]
    public async Task Model_of_a_run_is_registered_once()
    {
        await using var host = await RegistryHost.StartAsync();
        var run = await host.AddSucceededRunAsync();

        var first = await host.PostAsync<RegisterModelRequest, ModelVersionResponse>("/api/models/m/versions", new RegisterModelRequest(run), HttpStatusCode.Created);
        var again = await host.PostAsync<RegisterModelRequest, ModelVersionResponse>("/api/models/m/versions", new RegisterModelRequest(run), HttpStatusCode.OK);

        Assert.Equal(("m:1", run, "chest@1", "tiny"), (first.Reference, first.RunId, first.Dataset, first.Architecture));
        Assert.Equal(["normal", "bacteria", "virus"], first.Labels);
        Assert.Equal((first.Digest, first.Version), (again.Digest, again.Version));
        Assert.Equal("m:1", (await host.GetAsync<RunResponse>($"/api/runs/{run}")).Model);
    }

    [Fact]
    public async Task Only_a_run_that_succeeded_has_a_model()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.AddSucceededRunAsync();
        var queued = await host.PostAsync<TrainRequest, RunResponse>("/api/runs", new TrainRequest("chest", Runs.RunEndpointsTests.Tiny), HttpStatusCode.Created);

        var detail = await RegistryHost.ProblemAsync(HttpStatusCode.Conflict, host.PostAsync("/api/models/m/versions", new RegisterModelRequest(queued.Id)));

        Assert.Contains("queued", detail, StringComparison.Ordinal);
        await RegistryHost.ProblemAsync(HttpStatusCode.NotFound, host.PostAsync("/api/models/m/versions", new RegisterModelRequest(404)));
        await RegistryHost.ProblemAsync(HttpStatusCode.UnprocessableEntity, host.PostAsync("/api/models/M!/versions", new RegisterModelRequest(queued.Id)));
    }

    [Fact]
    public async Task Promotion_moves_the_alias_and_the_ledger_remembers()
    {
        await using var host = await RegistryHost.StartAsync();
        for (var i = 0; i < 2; i++)
            await host.PostAsync<RegisterModelRequest, ModelVersionResponse>("/api/models/m/versions", new RegisterModelRequest(await host.AddSucceededRunAsync()), HttpStatusCode.Created);

        foreach (var version in (int[])[1, 2, 1])
            await host.PostAsync<PromoteRequest, PromotionResponse>("/api/models/m/promotions", new PromoteRequest(version, Reason: "better", By: "a test"), HttpStatusCode.Created);

        Assert.Equal(1, (await host.GetAsync<ModelVersionResponse>("/api/models/m/aliases/champion")).Version);
        var model = await host.GetAsync<RegisteredModelResponse>("/api/models/m");
        Assert.Equal(1, model.Aliases["champion"]);
        Assert.Equal([2, 1], model.Versions.Select(version => version.Version));
        Assert.Equal(["champion"], model.Versions[1].Aliases);
        var ledger = await host.GetAsync<Page<PromotionResponse>>("/api/models/m/promotions");
        Assert.Equal([(1, 2), (2, 1), (1, (int?)null)], ledger.Items.Select(entry => (entry.Version, entry.PreviousVersion)));
        await RegistryHost.ProblemAsync(HttpStatusCode.NotFound, host.PostAsync("/api/models/m/promotions", new PromoteRequest(3)));
        Assert.Equal("m", Assert.Single((await host.GetAsync<Page<RegisteredModelResponse>>("/api/models")).Items).Name);
    }

    [Fact]
    public async Task Realised_accuracy_counts_the_newest_feedback_of_each_period()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.PostAsync<RegisterModelRequest, ModelVersionResponse>("/api/models/m/versions", new RegisterModelRequest(await host.AddSucceededRunAsync()), HttpStatusCode.Created);
        var noon = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        PredictionRecord[] predictions = [Predictions.Predicted.At(noon), Predictions.Predicted.At(noon.AddHours(1)), Predictions.Predicted.At(noon.AddDays(1))];
        using var recorded = await host.PostAsync("/api/predictions", new PredictionBatch(predictions));
        foreach (var (prediction, label) in (IEnumerable<(int, Core.Datasets.ImageLabel)>)
            [(0, Core.Datasets.ImageLabel.Virus), (0, Core.Datasets.ImageLabel.Normal), (1, Core.Datasets.ImageLabel.Virus)])
        {
            await host.PostAsync<FeedbackRequest, FeedbackResponse>("/api/feedback", new FeedbackRequest(predictions[prediction].Id, label), HttpStatusCode.Created);
        }

        var accuracy = await host.GetAsync<RealisedAccuracyResponse>("/api/models/m/accuracy");

        Assert.Equal([(2, 2, 1), (1, 0, 0)], accuracy.Periods.Select(period => (period.Predictions, period.Labelled, period.Correct)));
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero), accuracy.Periods[0].From);
        Assert.Equal(0.5, accuracy.Periods[0].Accuracy);
        Assert.Null(accuracy.Periods[1].Accuracy);
        var overall = Assert.Single(accuracy.Overall);
        Assert.Equal((3, 2, 1), (overall.Predictions, overall.Labelled, overall.Correct));
        Assert.InRange(0.5, overall.Interval!.Low, overall.Interval.High);
    }
}
