using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Datasets;

namespace XrayMlOps.Runs.Bench;

/// <summary>Fills a migrated, empty registry on PostgreSQL with <see cref="GeneratedRun"/>s.</summary>
internal static class RunFill
{
    public static async Task FillAsync(IServiceProvider services, NpgsqlConnection connection, int runs, int epochs)
    {
        var version = await AddDatasetAsync(services);
        await WriteRunsAsync(connection, version, runs, epochs);
        await WriteEpochsAsync(connection, runs, epochs);
        await WriteTagsAsync(connection, runs, epochs);
        await using var settle = new NpgsqlCommand("VACUUM (ANALYZE) \"Runs\", \"RunEpochs\", \"RunTags\"", connection) { CommandTimeout = 0 };
        await settle.ExecuteNonQueryAsync();
    }

    private static async Task<int> AddDatasetAsync(IServiceProvider services)
    {
        await using var registry = await services.GetRequiredService<IDbContextFactory<RegistryDbContext>>().CreateDbContextAsync();
        var version = new DatasetVersion
        {
            DatasetName = "chest",
            Number = 1,
            Digest = new string('a', 64),
            CreatedAt = DateTimeOffset.UnixEpoch,
            Images = 1,
            Patients = 1,
            Bytes = 1,
            Split = new SplitRule(),
            Counts = [new SplitCounts(Split.Train, 1, 0, 0)],
        };
        registry.Datasets.Add(new Dataset { Name = "chest", CreatedAt = DateTimeOffset.UnixEpoch });
        registry.DatasetVersions.Add(version);
        await registry.SaveChangesAsync();
        return version.Id;
    }

    private static async Task WriteRunsAsync(NpgsqlConnection connection, int version, int runs, int epochs)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            """
            COPY "Runs" ("Id", "State", "DatasetVersionId", "Architecture", "ArchitectureName", "ArchitectureDigest", "Parameters", "Recipe", "Experiment", "Need",
                "ThreadsAsked", "Limits", "CreatedAt", "StartedAt", "EndedAt", "Attempt", "Faults", "Worker", "CancelRequested", "Device", "Threads", "Packages",
                "Environment", "Evaluation", "WeightsDigest", "GitCommit", "EpochsAsked", "BatchSize", "LearningRate", "Seed", "EpochsDone",
                "ValidationLoss", "ValidationAccuracy", "TestLoss", "TestAccuracy") FROM STDIN (FORMAT BINARY)
            """);
        copy.Timeout = TimeSpan.Zero;
        for (var id = 1; id <= runs; id++)
        {
            var run = new GeneratedRun(id, epochs);
            object[] row =
            [
                id, run.State.ToString(), version, GeneratedRun.NetworkJson, run.NetworkName, GeneratedRun.NetworkDigest, 1_245_891L,
                System.Text.Json.JsonSerializer.Serialize(run.Recipe, Core.XrayJson.Compact), run.Experiment, "Any", 0, GeneratedRun.LimitsJson,
                run.CreatedAt, run.CreatedAt + TimeSpan.TicksPerSecond, run.CreatedAt + TimeSpan.TicksPerHour, 1, 0, $"worker-{id % 8}:{run.Digest[..12]}", false, "cuda:0 (NVIDIA H200)", 16,
                GeneratedRun.PackagesJson, GeneratedRun.EnvironmentJson, run.EvaluationJson, run.Digest, run.Digest[..40],
                run.Recipe.Epochs, run.Recipe.BatchSize, run.Recipe.LearningRate, run.Recipe.Seed, epochs,
                run.BestLoss, run.BestAccuracy, run.BestLoss + 0.02, run.BestAccuracy - 0.01,
            ];
            await copy.StartRowAsync();
            foreach (var value in row) await copy.WriteAsync(value, TypeOf(value));
        }
        await copy.CompleteAsync();
    }

    private static async Task WriteEpochsAsync(NpgsqlConnection connection, int runs, int epochs)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            """
            COPY "RunEpochs" ("RunId", "Epoch", "TrainLoss", "TrainAccuracy", "ValidationLoss", "ValidationAccuracy", "LearningRate", "ImagesPerSecond", "Seconds",
                "MemoryBytes") FROM STDIN (FORMAT BINARY)
            """);
        copy.Timeout = TimeSpan.Zero;
        for (var id = 1; id <= runs; id++)
        {
            var run = new GeneratedRun(id, epochs);
            for (var epoch = 1; epoch <= epochs; epoch++)
            {
                await copy.StartRowAsync();
                await copy.WriteAsync(id, NpgsqlDbType.Integer);
                await copy.WriteAsync(epoch, NpgsqlDbType.Integer);
                double[] figures =
                [
                    run.Loss(epoch, 0.2) + run.Noise(), run.BestAccuracy - run.Noise(), run.Loss(epoch, 0.25) + run.Noise(), run.BestAccuracy - run.Noise(),
                    run.Recipe.LearningRate, 900 + run.Noise(), 4 + run.Noise(),
                ];
                foreach (var figure in figures) await copy.WriteAsync(figure, NpgsqlDbType.Double);
                await copy.WriteAsync(1_500_000_000L, NpgsqlDbType.Bigint);
            }
        }
        await copy.CompleteAsync();
    }

    private static async Task WriteTagsAsync(NpgsqlConnection connection, int runs, int epochs)
    {
        await using var copy = await connection.BeginBinaryImportAsync("""COPY "RunTags" ("RunId", "Key", "Value") FROM STDIN (FORMAT BINARY)""");
        copy.Timeout = TimeSpan.Zero;
        for (var id = 1; id <= runs; id++)
        {
            foreach (var (key, value) in new GeneratedRun(id, epochs).Tags())
            {
                await copy.StartRowAsync();
                await copy.WriteAsync(id, NpgsqlDbType.Integer);
                await copy.WriteAsync(key, NpgsqlDbType.Text);
                await copy.WriteAsync(value, NpgsqlDbType.Text);
            }
        }
        await copy.CompleteAsync();
    }

    private static NpgsqlDbType TypeOf(object value) => value switch
    {
        int => NpgsqlDbType.Integer,
        long => NpgsqlDbType.Bigint,
        double => NpgsqlDbType.Double,
        bool => NpgsqlDbType.Boolean,
        _ => NpgsqlDbType.Text,
    };
}
