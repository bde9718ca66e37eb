using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Runs;
using XrayMlOps.Storage.Models;
using XrayMlOps.Storage.Runs;

namespace XrayMlOps.ControlPlane.Tests.Runs;

/// <summary>Runs of every kind: with and without figures, tags and models, in several states and of two datasets.</summary>
internal static class SearchedRuns
{
    public static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    /// <summary>Writes <paramref name="count"/> of them; what each is like follows from its number alone.</summary>
    public static async Task<List<Run>> AddAsync(RegistryHost host, int count)
    {
        await host.PushCompletedAsync("chest", Films.Some(10));
        await host.PushCompletedAsync("ward", Films.Some(11));
        return await host.WithRegistryAsync(async registry =>
        {
            var token = RegistryHost.Token;
            var versions = await registry.DatasetVersions.OrderBy(version => version.Id).ToListAsync(token);
            registry.Models.Add(new RegisteredModel { Name = "m", CreatedAt = Start });
            for (var i = 0; i < count; i++)
            {
                var run = Of(i, versions[i % 2].Id);
                foreach (var (key, value) in TagsOf(i)) run.Tags.Add(new RunTag { Key = key, Value = value });
                registry.Runs.Add(run);
                await registry.SaveChangesAsync(token); // one by one, so that their numbers follow
                if (i % 9 == 0)
                {
                    registry.ModelVersions.Add(new ModelVersion
                    {
                        ModelName = "m",
                        Version = 1 + i / 9,
                        RunId = run.Id,
                        CreatedAt = Start,
                        Digest = new string('c', 64),
                        Bytes = 1,
                        PreprocessingHash = "p",
                    });
                }
            }
            await registry.SaveChangesAsync(token);
            return await registry.Runs.AsNoTracking().Include(run => run.Tags).Include(run => run.Models).Include(run => run.DatasetVersion)
                .OrderBy(run => run.Id).ToListAsync(token);
        });
    }

    private static Run Of(int i, int version) => new()
    {
        DatasetVersionId = version,
        State = (RunState)(i % 5),
        Architecture = RunEndpointsTests.Tiny,
        ArchitectureName = i % 3 == 0 ? "model_4" : "tiny",
        ArchitectureDigest = new string('d', 64),
        Parameters = 3,
        Recipe = new TrainingRecipe { Epochs = 1 + i % 7, BatchSize = 8 * (1 + i % 2), LearningRate = i % 2 == 0 ? 1e-3 : 0.0033, Seed = i % 4 },
        Experiment = i % 4 == 0 ? "lungs" : RunExperiment.Default,
        CreatedAt = Start.AddHours(i % 11),
        EndedAt = i % 5 > 1 ? Start.AddHours(20 + i % 3) : null,
        EpochsDone = i % 6,
        ValidationLoss = i % 6 == 0 ? null : 1.0 / (i % 6),
        ValidationAccuracy = i % 6 == 0 ? null : 0.5 + i % 6 / 13.0,
        TestLoss = i % 5 == 2 ? 0.1 * (i % 3) : null,
        TestAccuracy = i % 5 == 2 ? 0.9 - 0.01 * (i % 7) : null,
        Schedule = i % 8 == 0 ? "nightly" : null,
        Worker = i % 5 == 0 ? null : $"worker-{i % 3}",
        Trial = i % 10 == 0 ? i / 10 : null,
    };

    private static IEnumerable<(string Key, string Value)> TagsOf(int i)
    {
        if (i % 2 == 0) yield return ("site", i % 4 == 0 ? "north's" : "south");
        if (i % 5 == 0) yield return ("note", "100 % % _x");
    }
}
