using XrayMlOps.Core;
using XrayMlOps.Core.Architectures;
using XrayMlOps.Core.Runs;
using XrayMlOps.Core.Schedules;

namespace XrayMlOps.Runs.Bench;

/// <summary>A schedule of one minute with two control planes: it fires once a minute, survives that both are killed and started again, and stops when it is deleted.</summary>
internal static class MinuteSchedule
{
    private const string Name = "every-minute";
    private static readonly TimeSpan s_late = TimeSpan.FromSeconds(45);

    private static readonly Architecture s_network = new()
    {
        Name = "minute",
        Input = new InputShape { Height = 32, Width = 32 },
        Layers = [new ConvolutionLayer { Filters = 4 }, new GlobalAveragePoolLayer(), new DenseLayer { Units = 3 }],
    };

    public static async Task<int> RunAsync()
    {
        await using var cluster = await Cluster.StartAsync(controlPlanes: 2, workers: 1, new Dictionary<string, string>());
        await cluster.PushPhantomsAsync("phantoms", filmsPerClass: 12);
        await cluster.PostAsync<ScheduleResponse>(
            "/api/schedules", new ScheduleRequest(Name, "* * * * *", "phantoms", s_network, new TrainingRecipe { Epochs = 1 }, Result: ScheduledResult.Keep, OnlyNewData: false));
        await WaitAsync(minutes: 3);
        var before = await FiringsAsync(cluster);
        foreach (var host in cluster.ControlPlanes) await host.KillAsync();
        foreach (var host in cluster.ControlPlanes) await host.StartAsync();
        await WaitAsync(minutes: 2);
        var firings = await FiringsAsync(cluster);
        var runs = await cluster.RunsAsync();
        using (var deleted = await cluster.Http.DeleteAsync($"/api/schedules/{Name}")) deleted.EnsureSuccessStatusCode();
        await WaitAsync(minutes: 2);
        var after = await cluster.RunsAsync();

        foreach (var firing in firings)
            Console.WriteLine($"  due {firing.DueAt:HH:mm:ss}, fired {firing.FiredAt:HH:mm:ss}: {firing.Outcome}, run {firing.RunId}");
        var everyMinute = firings.Zip(firings.Skip(1)).All(pair => pair.Second.DueAt - pair.First.DueAt == TimeSpan.FromMinutes(1));
        var once = firings.All(firing => firing.Outcome == FiringOutcome.Started) && firings.Select(firing => firing.RunId).Distinct().Count() == firings.Count && runs.Count == firings.Count;
        Console.WriteLine($"  {before.Count} firings before both control planes were killed, {firings.Count - before.Count} after: {(everyMinute ? "every minute" : "NOT every minute")}, {(once ? "one run each" : "NOT one run each")}");
        Console.WriteLine($"  {after.Count - runs.Count} runs in the two minutes after it was deleted");
        return everyMinute && once && firings.Count > before.Count && before.Count >= 3 && after.Count == runs.Count ? 0 : 1;
    }

    /// <summary>Until so many minutes have begun, and what is due with the last of them has had its time.</summary>
    private static async Task WaitAsync(int minutes)
    {
        var now = TimeProvider.System.GetUtcNow();
        var until = new DateTimeOffset(now.Ticks - now.Ticks % TimeSpan.TicksPerMinute, TimeSpan.Zero) + TimeSpan.FromMinutes(minutes) + s_late;
        await Task.Delay(until - now);
    }

    /// <summary>The oldest first.</summary>
    private static async Task<IReadOnlyList<FiringResponse>> FiringsAsync(Cluster cluster) =>
        [.. (await cluster.GetAsync<Page<FiringResponse>>($"/api/schedules/{Name}/firings?limit=200")).Items.OrderBy(firing => firing.DueAt)];
}
