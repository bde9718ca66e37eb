using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Access;
using XrayMlOps.Core.Architectures;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Runs;
using XrayMlOps.Core.Schedules;
using XrayMlOps.Core.Sweeps;
using XrayMlOps.Storage.Access;
using XrayMlOps.Storage.Blobs;
using XrayMlOps.Storage.Datasets;
using XrayMlOps.Storage.Models;
using XrayMlOps.Storage.Predictions;
using XrayMlOps.Storage.Runs;
using XrayMlOps.Storage.Schedules;
using XrayMlOps.Storage.Sweeps;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Storage.Tests.Backups;

/// <summary>An empty database without tables, and a blob store of its own beside it.</summary>
internal sealed class StoredRegistry : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("xray-backup-");

    private StoredRegistry(string? registry = null, IBlobStore? blobs = null)
    {
        Database = new RegistryDatabase(registry ?? $"Data Source={Path.Combine(_folder.FullName, "registry.db")}");
        Blobs = blobs ?? new FolderBlobStore(Path.Combine(_folder.FullName, "blobs"));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public RegistryDatabase Database { get; }

    public IBlobStore Blobs { get; }

    /// <summary>SQLite and a folder.</summary>
    public static StoredRegistry Embedded() => new();

    /// <summary>PostgreSQL and Azure Blob Storage.</summary>
    public static async Task<StoredRegistry> CloudAsync(SharedServers servers) => new(
        await (await servers.PostgresAsync()).CreateDatabaseAsync(Token),
        BlobStores.Open($"{(await servers.AzuriteAsync()).ConnectionString};ContainerName=test-{Guid.NewGuid():N}"));

    public string File(string name) => Path.Combine(_folder.FullName, name);

    public Task UpdateAsync() => RegistrySchema.UpdateAsync(Database, Token);

    /// <summary>Rows in every table but that of pins, with values at the edges of what columns hold, and the blobs that they name.</summary>
    public async Task FillAsync(int modelBytes = 1_000)
    {
        await UpdateAsync();
        var now = TemporaryRegistry.Start;
        string[] films = [await PutAsync([1]), await PutAsync([2, 2]), await PutAsync([])];
        var manifest = await PutAsync(DatasetManifest.Serialize(films.Select((film, i) => new ManifestEntry
        {
            Digest = film,
            Label = ImageLabel.Virus,
            Patient = $"p{i}",
            Split = Split.Train,
            File = $"{i}.jpeg",
            Bytes = i,
            Width = 1,
            Height = 1,
        })));
        var model = await PutAsync(new byte[modelBytes]);
        await using var registry = Database.CreateDbContext();
        registry.Datasets.Add(new Dataset { Name = "chest", CreatedAt = now });
        var version = Version(1, manifest, now);
        registry.DatasetVersions.Add(version);
        foreach (var film in films)
        {
            registry.Images.Add(new Image
            {
                Digest = film,
                Bytes = 1,
                Width = 1,
                Height = 1,
                Format = "jpeg",
                PerceptualHash = "00",
                Mean = 1.0 / 3,
                Deviation = double.Epsilon,
                Thumbnail = [0, 127, 128, 255],
            });
        }
        registry.PackedDatasets.Add(new PackedDataset { ManifestDigest = manifest, PreprocessingHash = "p", Shard = 0, BlobDigest = await PutAsync([3, 3, 3]) });
        await registry.SaveChangesAsync(Token);
        registry.DatasetVersions.Add(Version(2, manifest, now, version.Id, deletedReason: "line\nbreak \"quoted\" \u0001 ü 🩻 </script>"));
        registry.DatasetTags.Add(new DatasetTag { DatasetName = "chest", Tag = "baseline", VersionId = version.Id, MovedAt = now });

        var architecture = new Architecture { Name = "tiny", Layers = [new FlattenLayer(), new DenseLayer { Units = 3 }] };
        var runs = Enumerable.Range(1, 3).Select(seed => new Run
        {
            DatasetVersionId = version.Id,
            Architecture = architecture,
            ArchitectureName = "tiny",
            ArchitectureDigest = architecture.Digest(),
            Parameters = long.MaxValue,
            Recipe = new TrainingRecipe { Seed = seed, LearningRate = 0.1 + 0.2 },
            CreatedAt = now,
            ValidationLoss = -0.0,
            TestLoss = double.MaxValue,
            Evaluation = TemporaryRegistry.Evaluation,
        }).ToArray();
        registry.Runs.AddRange(runs);
        await registry.SaveChangesAsync(Token);
        registry.RunEpochs.Add(RunEpoch.Of(runs[0].Id, new EpochMetrics(1, Math.PI, 0.3, 1e-300, 0.4, 1e-3, 50, 2)));
        registry.RunArtifacts.Add(new RunArtifact { RunId = runs[0].Id, Name = TrainingOutputs.Model, Digest = model, Bytes = modelBytes });
        registry.RunTags.Add(new RunTag { RunId = runs[0].Id, Key = "k", Value = "" });
        registry.RunLog.Add(new RunLogPiece { RunId = runs[0].Id, Text = "epoch 1\r\n" });
        registry.Sweeps.Add(new Sweep
        {
            Name = "s",
            Spec = new SweepSpec { Name = "s", Architectures = [architecture] },
            DatasetVersionId = version.Id,
            Experiment = "s",
            CreatedAt = now,
        });
        registry.Models.Add(new RegisteredModel { Name = "m", CreatedAt = now });
        registry.ModelVersions.Add(new ModelVersion { ModelName = "m", Version = 1, RunId = runs[0].Id, Digest = model, Bytes = modelBytes, PreprocessingHash = "p", CreatedAt = now });
        registry.ModelAliases.Add(new ModelAlias { ModelName = "m", Alias = "champion", Version = 1 });
        registry.Promotions.Add(new Promotion { ModelName = "m", Alias = "champion", Version = 1, By = "ada", Reason = "better", At = now });
        var prediction = new Prediction
        {
            Id = new Guid("a0b1c2d3-e4f5-4678-9abc-def012345678"),
            At = now,
            Model = "m",
            Version = 1,
            ModelDigest = model,
            PreprocessingHash = "p",
            InputDigest = films[0],
            Width = 1,
            Height = 1,
            Label = ImageLabel.Bacteria,
            Probabilities = [0.1f, float.Epsilon, 1f / 3],
            LatencyMs = 1.5,
        };
        registry.Predictions.Add(prediction);
        await registry.SaveChangesAsync(Token);
        registry.Feedback.Add(new Feedback { PredictionId = prediction.Id, Label = ImageLabel.Normal, By = "ada", At = now });
        registry.Schedules.Add(new Schedule
        {
            Name = "nightly",
            Cron = "0 3 * * *",
            TimeZone = "Europe/Berlin",
            Dataset = "chest",
            Architecture = architecture,
            Recipe = new TrainingRecipe(),
            Model = "m",
            AccountedTo = now,
            CreatedAt = now,
            OnlyNewData = false,
            Paused = true,
        });
        registry.ApiKeys.Add(new ApiKey { Id = "k1", Name = "triage", Role = Role.Caller, Digest = new string('d', 64), CreatedBy = "ada", CreatedAt = now, ExpiresAt = now.AddDays(1) });
        registry.AuditEntries.Add(new AuditEntry { At = now, Caller = "key:k1", CallerName = "triage", Role = "caller", Action = "POST /api/runs", Target = "/api/runs", After = "{}" });
        registry.ScheduleFirings.Add(new ScheduleFiring { ScheduleName = "nightly", DueAt = now, FiredAt = now.AddTicks(1), Outcome = FiringOutcome.Started, RunId = runs[0].Id });
        await registry.SaveChangesAsync(Token);
        await registry.Runs.Where(run => run.Id == runs[2].Id).ExecuteDeleteAsync(Token); // its number is never given again
    }

    /// <summary>Stores a blob; answers its digest.</summary>
    public Task<string> PutAsync(byte[] content) => Blobs.PutAsync(new MemoryStream(content), expectedDigest: null, Token);

    public async Task<Dictionary<string, long>> StoredAsync()
    {
        Dictionary<string, long> stored = [];
        await foreach (var blob in Blobs.ListAsync(Token)) stored.Add(blob.Digest, blob.Bytes);
        return stored;
    }

    public ValueTask DisposeAsync()
    {
        Database.Dispose();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private static DatasetVersion Version(int number, string manifest, DateTimeOffset now, int? baseId = null, string? deletedReason = null) => new()
    {
        DatasetName = "chest",
        Number = number,
        Digest = manifest,
        CreatedAt = now.AddTicks(number),
        Images = 3,
        Patients = 3,
        Bytes = long.MaxValue,
        Split = new SplitRule(),
        Counts = [new SplitCounts(Split.Train, 1, 1, 1)],
        BaseId = baseId,
        DeletedAt = deletedReason is null ? null : now,
        DeletedReason = deletedReason,
    };
}
