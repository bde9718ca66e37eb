using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using XrayMlOps.Core.Architectures;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Runs;
using XrayMlOps.Imaging.Phantoms;
using XrayMlOps.ServiceDefaults;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Datasets;
using XrayMlOps.Storage.Runs;

namespace XrayMlOps.Worker.Tests;

/// <summary>A worker on a data folder of its own, with the trainer that the build made.</summary>
internal sealed class WorkerHost : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);
    private readonly WebApplication _app;

    private WorkerHost(WebApplication app, string data) => (_app, Data) = (app, data);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public string Data { get; }

    public IServiceProvider Services => _app.Services;

    public IBlobStore Blobs => Services.GetRequiredService<IBlobStore>();

    /// <param name="data">A folder with a registry and blobs.</param>
    /// <param name="settings">In place of, or beside, those that every worker of the tests has.</param>
    public static async Task<WorkerHost> StartAsync(string data, params (string Name, string? Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:registry"] = $"Data Source={Path.Combine(data, "registry.db")}",
            ["ConnectionStrings:blobs"] = Path.Combine(data, "blobs"),
            ["Worker:Folder"] = Path.Combine(data, "work"),
            ["Worker:ReconcileSeconds"] = "1",
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, setting.Value)));
        builder.AddServiceDefaults("test");
        builder.AddWorker();
        var app = builder.Build();
        app.MapServiceDefaults();
        await app.StartAsync(Token);
        return new WorkerHost(app, data);
    }

    public static Architecture Tiny { get; } = new()
    {
        Name = "tiny",
        Input = new InputShape { Height = 32, Width = 32 },
        Layers = [new ConvolutionLayer { Filters = 4 }, new MaxPoolLayer { Size = 3 }, new FlattenLayer(), new DenseLayer { Units = 3 }],
    };

    public async Task<T> WithRegistryAsync<T>(Func<RegistryDbContext, Task<T>> work)
    {
        await using var registry = await _app.Services.GetRequiredService<IDbContextFactory<RegistryDbContext>>().CreateDbContextAsync(Token);
        return await work(registry);
    }

    /// <summary>Writes a queued run on a dataset version of phantoms, as the control plane would, but tells nobody.</summary>
    public async Task<int> AddRunAsync(
        TrainingRecipe recipe, Architecture? architecture = null, string? registerAs = null, string? alias = null, ComputeNeed need = ComputeNeed.Any,
        RunLimits? limits = null)
    {
        var (manifest, films) = await AddManifestAsync();
        var network = architecture ?? Tiny;
        return await WithRegistryAsync(async registry =>
        {
            var version = new DatasetVersion
            {
                DatasetName = "phantoms",
                Number = 1 + await registry.DatasetVersions.CountAsync(Token),
                Digest = manifest,
                CreatedAt = DateTimeOffset.UnixEpoch,
                Images = films,
                Patients = 1,
                Bytes = 1,
                Split = new SplitRule(),
                Counts = [],
            };
            if (version.Number == 1) registry.Datasets.Add(new Dataset { Name = "phantoms", CreatedAt = DateTimeOffset.UnixEpoch });
            var run = new Run
            {
                DatasetVersionId = 0,
                DatasetVersion = version,
                Architecture = network,
                ArchitectureName = network.Name,
                ArchitectureDigest = network.Digest(),
                Parameters = 1,
                Recipe = recipe,
                Need = need,
                Limits = limits ?? new RunLimits(),
                RegisterAs = registerAs,
                Alias = alias,
                CreatedAt = DateTimeOffset.UnixEpoch,
            };
            registry.Runs.Add(run);
            await registry.SaveChangesAsync(Token);
            return run.Id;
        });
    }

    /// <summary>Stores phantoms and their manifest.</summary>
    public async Task<(string Digest, int Films)> AddManifestAsync()
    {
        var options = new PhantomOptions { FilmsPerClass = 8 };
        List<ManifestEntry> entries = [];
        foreach (var film in PhantomGenerator.Plan(options))
        {
            var content = PhantomGenerator.Film(film.Label, film.Patient, film.Number, options);
            entries.Add(new ManifestEntry
            {
                Digest = await Blobs.PutAsync(new MemoryStream(content), null, Token),
                Label = film.Label,
                Patient = $"p{film.Patient}",
                File = film.File,
                Split = (film.Patient % 4) switch { 0 => Split.Validation, 1 => Split.Test, _ => Split.Train },
                Bytes = content.Length,
                Width = 1,
                Height = 1,
            });
        }
        return (await Blobs.PutAsync(new MemoryStream(DatasetManifest.Serialize(entries)), null, Token), entries.Count);
    }

    public async Task<RunResponse> RunAsync(int id) => (await WithRegistryAsync(registry => registry.FindRunResponseAsync(id, Token)))!;

    /// <summary>Looks at a run again and again until it is as expected; gives up when it ends otherwise, or after minutes.</summary>
    public async Task<RunResponse> WaitForAsync(int id, Func<RunResponse, bool> expected)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            var run = await RunAsync(id);
            if (expected(run)) return run;
            Assert.True(!run.State.IsEnd() && waited.Elapsed < s_patience, $"run {id} is {run.State} after {run.Epochs.Count} epochs and {run.Attempt} attempts: {run.Reason}");
            await Task.Delay(50, Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}
