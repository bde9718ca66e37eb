using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using XrayMlOps.Core.Runs;
using XrayMlOps.Storage.Runs;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Storage.Tests;

public abstract class TrainingJobsMigrationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract string MigrationBefore { get; }

    protected abstract Task<TemporaryRegistry> CreateRegistryAsync();

    [Fact]
    public async Task Runs_of_before_are_found_by_what_they_were_asked_for_and_came_to()
    {
        await using var registry = await CreateRegistryAsync();
        var id = await registry.AddRunAsync();
        await using (var context = registry.Open())
        {
            context.RunEpochs.Add(RunEpoch.Of(id, new EpochMetrics(1, 1.1, 0.3, 0.9, 0.4, 1e-3, 50, 2)));
            context.RunEpochs.Add(RunEpoch.Of(id, new EpochMetrics(2, 0.9, 0.5, 0.6, 0.7, 1e-3, 50, 2)));
            await context.SaveChangesAsync(Token);
            await context.Runs.Where(run => run.Id == id).ExecuteUpdateAsync(set => set.SetProperty(run => run.Evaluation, TemporaryRegistry.Evaluation), Token);
            var migrator = context.Database.GetService<IMigrator>();

            await migrator.MigrateAsync(MigrationBefore, Token);
            await migrator.MigrateAsync(cancellationToken: Token);
        }

        var run = await registry.RunAsync(id);
        Assert.Equal((run.Recipe.Epochs, run.Recipe.BatchSize, run.Recipe.LearningRate, run.Recipe.Seed), (run.EpochsAsked, run.BatchSize, run.LearningRate, run.Seed));
        Assert.Equal((2, 0.6, 0.7), (run.EpochsDone, run.ValidationLoss, run.ValidationAccuracy));
        Assert.Equal((TemporaryRegistry.Evaluation.Test.LogLoss, TemporaryRegistry.Evaluation.Test.Accuracy), (run.TestLoss, run.TestAccuracy));
        Assert.Equal((RunExperiment.Default, ComputeNeed.Any, new RunLimits()), (run.Experiment, run.Need, run.Limits));
    }
}

public sealed class TrainingJobsMigrationOnSqliteTests : TrainingJobsMigrationTests
{
    protected override string MigrationBefore => "DatasetRegistry";

    protected override Task<TemporaryRegistry> CreateRegistryAsync() => TemporaryRegistry.OnSqliteAsync();
}

public sealed class TrainingJobsMigrationOnPostgresTests(SharedServers servers) : TrainingJobsMigrationTests
{
    protected override string MigrationBefore => "Initial";

    protected override Task<TemporaryRegistry> CreateRegistryAsync() => TemporaryRegistry.OnPostgresAsync(servers);
}
