using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Architectures;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Evaluation;
using XrayMlOps.Core.Runs;
using XrayMlOps.Storage.Datasets;
using XrayMlOps.Storage.Runs;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Storage.Tests;

/// <summary>A migrated registry in a database of its own, removed afterwards.</summary>
public sealed class TemporaryRegistry : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private readonly DirectoryInfo? _folder;

    private TemporaryRegistry(string connectionString, DirectoryInfo? folder = null) => (Database, _folder) = (new RegistryDatabase(connectionString), folder);

    public RegistryDatabase Database { get; }

    public static Task<TemporaryRegistry> OnSqliteAsync()
    {
        var folder = Directory.CreateTempSubdirectory("xray-storage-");
        return MigratedAsync(new TemporaryRegistry($"Data Source={Path.Combine(folder.FullName, "registry.db")}", folder));
    }

    public static async Task<TemporaryRegistry> OnPostgresAsync(SharedServers servers)
    {
        var postgres = await servers.PostgresAsync();
        return await MigratedAsync(new TemporaryRegistry(await postgres.CreateDatabaseAsync(TestContext.Current.CancellationToken)));
    }

    public RegistryDbContext Open() => Database.CreateDbContext();

    /// <summary>A queued run on a dataset version of one film.</summary>
    public async Task<int> AddRunAsync(string dataset = "chest")
    {
        await using var context = Open();
        var version = await context.DatasetVersions.FirstOrDefaultAsync(row => row.DatasetName == dataset, TestContext.Current.CancellationToken);
        if (version is null)
        {
            context.Datasets.Add(new Dataset { Name = dataset, CreatedAt = Start });
            version = new DatasetVersion
            {
                DatasetName = dataset,
                Number = 1,
                Digest = new string('a', 64),
                CreatedAt = Start,
                Images = 1,
                Patients = 1,
                Bytes = 1,
                Split = new SplitRule(),
                Counts = [new SplitCounts(Split.Train, 1, 0, 0)],
            };
            context.DatasetVersions.Add(version);
            await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        }
        var architecture = new Architecture { Name = "tiny", Layers = [new FlattenLayer(), new DenseLayer { Units = 3 }] };
        var run = new Run
        {
            DatasetVersionId = version.Id,
            Architecture = architecture,
            ArchitectureName = architecture.Name,
            ArchitectureDigest = architecture.Digest(),
            Parameters = 3,
            Recipe = new TrainingRecipe { Epochs = 2 },
            CreatedAt = Start,
        };
        context.Runs.Add(run);
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        return run.Id;
    }

    public async Task<Run> RunAsync(int id)
    {
        await using var context = Open();
        return await context.Runs.AsNoTracking().SingleAsync(run => run.Id == id, TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        Database.Dispose();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder?.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private static async Task<TemporaryRegistry> MigratedAsync(TemporaryRegistry registry)
    {
        await RegistrySchema.UpdateAsync(registry.Database, TestContext.Current.CancellationToken);
        return registry;
    }

    public static RunEvaluation Evaluation { get; } = new(1, 1.5, Report(4), Report(2), Report(3));

    private static EvaluationReport Report(int n) => new(n, 0.5, new Interval(0.1, 0.9), 0.5, null, 1, 0.6, 0.1, [], [[1, 0, 0], [0, 1, 0], [0, 0, 1]]);
}
