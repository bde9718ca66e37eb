using System.Diagnostics;
using System.Globalization;
using XrayMlOps.Core;
using XrayMlOps.Core.Runs;
using XrayMlOps.Core.Sweeps;

namespace XrayMlOps.Runs.Bench;

/// <summary>The study's search on phantoms with two workers, both of which are killed and started again in the middle of it.</summary>
internal static class SweepRestart
{
    private static readonly TimeSpan s_patience = TimeSpan.FromHours(1);

    public static async Task<int> RunAsync(string[] arguments)
    {
        var filmsPerClass = arguments is [var said] ? int.Parse(said, CultureInfo.InvariantCulture) : 12;
        await using var cluster = await Cluster.StartAsync(controlPlanes: 1, workers: 2, new Dictionary<string, string> { ["Worker__LeaseSeconds"] = "10", ["Worker__MaxAttempts"] = "5" });
        await cluster.PushPhantomsAsync("phantoms", filmsPerClass);
        var started = Stopwatch.GetTimestamp();
        await cluster.XrayAsync("sweep", "run", "study", "--dataset", "phantoms", "--epochs", "1");
        var id = (await cluster.GetAsync<Page<SweepSummary>>("/api/sweeps")).Items[0].Id;
        var sweep = await ShowAsync();
        Console.WriteLine($"{sweep.Name}: {sweep.Counts.Trials} trials of 1 epoch on {3 * filmsPerClass} phantoms, 2 workers");

        while (Ended(sweep = await ShowAsync()) < sweep.Counts.Trials / 3 && Stopwatch.GetElapsedTime(started) < s_patience) await Task.Delay(500);
        var (ended, running) = (Ended(sweep), sweep.Counts.Running);
        foreach (var worker in cluster.Workers) await worker.KillAsync();
        Console.WriteLine($"  both workers killed after {Stopwatch.GetElapsedTime(started).TotalSeconds:f0} s: {ended} trials had ended, {running} were running");
        foreach (var worker in cluster.Workers) await worker.StartAsync();
        while ((sweep = await ShowAsync()).State == SweepState.Running && Stopwatch.GetElapsedTime(started) < s_patience) await Task.Delay(500);

        Console.WriteLine($"  {sweep.State.ToString().ToLowerInvariant()} after {Stopwatch.GetElapsedTime(started).TotalSeconds:f0} s: {sweep.Counts.Succeeded} succeeded, {sweep.Counts.Failed} failed");
        foreach (var row in sweep.Leaderboard.Take(5))
            Console.WriteLine($"  {row.Rank,3}  {row.Architecture,-20} validation loss {row.ValidationLoss:f3}, accuracy {row.ValidationAccuracy:p1}, {row.Parameters:N0} parameters");
        foreach (var row in sweep.Leaderboard.Where(row => row.State != RunState.Succeeded)) Console.WriteLine($"       {row.Architecture} is {row.State}: {row.Reason}");
        var complete = sweep.State == SweepState.Completed && sweep.Leaderboard.Count == sweep.Counts.Trials
            && sweep.Leaderboard.Select(row => row.Rank).SequenceEqual(Enumerable.Range(1, sweep.Counts.Trials).Cast<int?>());
        Console.WriteLine($"  the leaderboard {(complete ? $"ranks all {sweep.Leaderboard.Count} trials" : "is not complete")}");
        return complete ? 0 : 1;

        Task<SweepResponse> ShowAsync() => cluster.GetAsync<SweepResponse>($"/api/sweeps/{id}");
        static int Ended(SweepResponse sweep) => sweep.Counts.Succeeded + sweep.Counts.Failed;
    }
}
