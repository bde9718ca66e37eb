using System.Diagnostics;
using System.Globalization;
using Npgsql;
using XrayMlOps.Core.Architectures;
using XrayMlOps.Core.Runs;
using XrayMlOps.Testing;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Runs.Bench;

/// <summary>
/// Short runs on two workers with PostgreSQL, while trainers, workers and database connections are killed, in turn and at random. Every run must succeed,
/// none be trained twice at once, none lose more than one finished epoch, no process be left behind.
/// </summary>
internal static class Chaos
{
    private const int Runs = 20, Epochs = 12;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(15);

    // Deaths are many and near to each other: more faults in a row are allowed than by default, and a lost worker is noticed earlier.
    private static readonly Dictionary<string, string> s_settings = new()
    {
        ["Worker__MaxAttempts"] = "20",
        ["Worker__LeaseSeconds"] = "10",
        ["Worker__ReconcileSeconds"] = "2",
    };

    private static readonly Architecture s_network = new()
    {
        Name = "chaos",
        Input = new InputShape { Height = 128, Width = 128 },
        Layers =
        [
            new ConvolutionLayer { Filters = 16 }, new MaxPoolLayer(), new ConvolutionLayer { Filters = 32 }, new MaxPoolLayer(), new GlobalAveragePoolLayer(),
            new DenseLayer { Units = 3 },
        ],
    };

    public static async Task<int> RunAsync(string[] arguments)
    {
        var seconds = arguments is [var said] ? int.Parse(said, CultureInfo.InvariantCulture) : 120;
        await using var cluster = await Cluster.StartAsync(controlPlanes: 1, workers: 2, s_settings);
        await cluster.PushPhantomsAsync("phantoms", filmsPerClass: 60);
        for (var seed = 1; seed <= Runs; seed++)
            await cluster.PostAsync<RunResponse>("/api/runs", new TrainRequest("phantoms", s_network, new TrainingRecipe { Epochs = Epochs, Seed = seed, BatchSize = 4 }, Threads: 1));

        using CancellationTokenSource ended = new();
        var watching = TrainersTwiceAtOnceAsync(cluster.Data, ended.Token);
        var started = Stopwatch.GetTimestamp();
        Console.WriteLine($"{Runs} runs of {Epochs} epochs on 2 workers; {seconds} s of killing:");
        var deaths = await KillAsync(cluster, TimeSpan.FromSeconds(seconds));
        Console.WriteLine($"  {string.Join(", ", deaths.Select(death => $"{death.Value} {death.Key}"))}; {(await cluster.RunsAsync()).Count(run => run.State.IsEnd())} runs had ended by then");
        while ((await cluster.RunsAsync()).Any(run => !run.State.IsEnd()) && Stopwatch.GetElapsedTime(started) < s_patience) await Task.Delay(500);
        await ended.CancelAsync();

        List<(int Attempts, int Lost)> runs = [];
        List<string> problems = [];
        foreach (var summary in await cluster.RunsAsync())
        {
            var run = await cluster.GetAsync<RunResponse>($"/api/runs/{summary.Id}");
            if (run.State != RunState.Succeeded) problems.Add($"run {run.Id} is {run.State}: {run.Reason}");
            if (!run.Epochs.Select(epoch => epoch.Epoch).SequenceEqual(Enumerable.Range(1, Epochs))) problems.Add($"run {run.Id} has {run.Epochs.Count} epochs");
            runs.Add((run.Attempt, MostEpochsLost(await cluster.Http.GetStringAsync($"/api/runs/{run.Id}/log"))));
        }
        foreach (var worker in cluster.Workers) await worker.StopAsync();
        var left = TrainerProcesses.RunsIn(cluster.Data);
        var twice = await watching;

        Console.WriteLine($"  all ended after {Stopwatch.GetElapsedTime(started).TotalSeconds:f0} s, in {runs.Sum(run => run.Attempts)} attempts, at most {runs.Max(run => run.Attempts)} of one run");
        Console.WriteLine($"  succeeded: {runs.Count - problems.Count} of {Runs}; most finished epochs that a run lost at once: {runs.Max(run => run.Lost)}");
        Console.WriteLine($"  seen twice at once: {twice.Count}; trainers left behind: {left.Count}");
        foreach (var problem in (IEnumerable<string>)[.. problems, .. twice]) Console.WriteLine($"  {problem}");
        return problems.Count == 0 && twice.Count == 0 && left.Count == 0 && runs.Count == Runs && runs.Max(run => run.Lost) <= 1 ? 0 : 1;
    }

    private static async Task<SortedDictionary<string, int>> KillAsync(Cluster cluster, TimeSpan duration)
    {
        Random random = new(2020);
        SortedDictionary<string, int> deaths = new(StringComparer.Ordinal);
        List<Task> restarts = [];
        var started = Stopwatch.GetTimestamp();
        for (var turn = 0; Stopwatch.GetElapsedTime(started) < duration; turn++)
        {
            await Task.Delay(random.Next(1_000, 5_000));
            // Each kind in turn, so that none is spared by chance, and one at random between.
            var kind = turn % 2 == 0 ? turn / 2 % 3 : random.Next(3);
            if (kind == 0 && TrainerProcesses.In(cluster.Data) is { Count: > 0 } trainers)
            {
                trainers[random.Next(trainers.Count)].Kill();
                Count("trainers");
            }
            else if (kind == 1 && restarts.TrueForAll(restart => restart.IsCompleted))
            {
                var worker = cluster.Workers[random.Next(cluster.Workers.Count)];
                await worker.KillAsync();
                restarts.Add(RestartAsync(worker, random.Next(500, 4_000)));
                Count("workers");
            }
            else
            {
                for (var killed = await KillConnectionsAsync(cluster.Database, random.NextDouble()); killed > 0; killed--) Count("database connections");
            }
        }
        await Task.WhenAll(restarts);
        return deaths;

        void Count(string kind) => deaths[kind] = deaths.GetValueOrDefault(kind) + 1;
    }

    private static async Task RestartAsync(HostProcess worker, int milliseconds)
    {
        await Task.Delay(milliseconds);
        await worker.StartAsync();
    }

    /// <param name="share">Of the connections that hosts have open.</param>
    private static async Task<long> KillConnectionsAsync(string database, double share)
    {
        await using NpgsqlConnection connection = new(database + ";Pooling=false");
        await connection.OpenAsync();
        await using NpgsqlCommand kill = new(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND random() < $1", connection);
        kill.Parameters.Add(new NpgsqlParameter { Value = share });
        return (long)(await kill.ExecuteScalarAsync())!;
    }

    /// <summary>Looks at the processes again and again; answers what it saw that must not be.</summary>
    private static async Task<IReadOnlyCollection<string>> TrainersTwiceAtOnceAsync(string data, CancellationToken ended)
    {
        HashSet<string> twice = [];
        while (!ended.IsCancellationRequested)
        {
            foreach (var run in TrainerProcesses.RunsIn(data).GroupBy(run => run).Where(trainers => trainers.Count() > 1)) twice.Add($"{run.Key} was trained {run.Count()} times at once");
            await Task.Delay(50, CancellationToken.None);
        }
        return twice;
    }

    /// <summary>From a run's log: the last epoch that a trainer finished, less the one that the next trainer went on from.</summary>
    private static int MostEpochsLost(string log)
    {
        var (finished, lost) = (0, 0);
        foreach (var line in log.Split('\n'))
        {
            if (line.Contains(" started on ", StringComparison.Ordinal))
            {
                const string from = "goes on after epoch ";
                var at = line.IndexOf(from, StringComparison.Ordinal);
                var resumed = at < 0 ? 0 : int.Parse(line.AsSpan(at + from.Length), NumberStyles.None, CultureInfo.InvariantCulture);
                (lost, finished) = (Math.Max(lost, finished - resumed), resumed);
            }
            else if (line.Split(' ') is [_, "epoch", var epoch, ..])
            {
                finished = int.Parse(epoch.AsSpan(0, epoch.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture);
            }
        }
        return lost;
    }
}
