using System.Net;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Evaluation;
using XrayMlOps.Core.Runs;
using XrayMlOps.Storage.Runs;

namespace XrayMlOps.ControlPlane.Tests.Models;

internal static class SucceededRuns
{
    /// <summary>A run that ended as a worker would leave it.</summary>
    public static async Task<int> AddSucceededRunAsync(this RegistryHost host)
    {
        await host.PushCompletedAsync("chest", Films.Some(10));
        var run = await host.PostAsync<TrainRequest, RunResponse>("/api/runs", new TrainRequest("chest", Runs.RunEndpointsTests.Tiny), HttpStatusCode.Created);
        var report = new EvaluationReport(4, 0.5, new Interval(0.1, 0.9), 0.5, null, 1, 0.6, 0.1, [], [[1, 0, 0], [0, 1, 0], [0, 0, 1]]);
        var evaluation = new RunEvaluation(1, 1, report, report, report);
        return await host.WithRegistryAsync(async registry =>
        {
            var token = RegistryHost.Token;
            Assert.True(await registry.TryClaimRunAsync(run.Id, "w", run.CreatedAt, TimeSpan.FromMinutes(1), token));
            registry.RunArtifacts.Add(new RunArtifact { RunId = run.Id, Name = TrainingOutputs.Model, Digest = new string('c', 64), Bytes = 5 });
            await registry.SaveChangesAsync(token);
            await registry.Runs.Where(row => row.Id == run.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Evaluation, evaluation), token);
            Assert.True(await registry.EndRunAsync(run.Id, "w", RunState.Succeeded, null, run.CreatedAt, token));
            return run.Id;
        });
    }
}
