using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using Npgsql;
using XrayMlOps.Core;
using XrayMlOps.Core.Runs;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Runs.Bench;

/// <summary>Milliseconds from the request to the last byte of the answer, over HTTP, of pages of many runs.</summary>
internal static class SearchTime
{
    private const int WarmUps = 2, Requests = 20;
    private const double LongestPage = 100;

    private static readonly (string What, string Path)[] s_pages =
    [
        ("first page", "/api/runs"),
        ("200 of a page", "/api/runs?limit=200"),
        ("issue's filter", Filter("accuracy > 0.85 and arch = 'model_4'")),
        ("issue's filter, best first", Filter("accuracy > 0.85 and arch = 'model_4'", "&sort=-accuracy")),
        ("almost nothing", Filter("accuracy > 0.9499 and seed = 3")),
        ("nothing", Filter("arch = 'model_4' and learning_rate > 0.5")),
        ("nothing, text contains", Filter("worker ~ 'nobody'")),
        ("tag of a few", Filter("tag.keep = 'yes'")),
        ("tag of many", Filter("tag.site = 'hospital-7' and accuracy > 0.9")),
        ("or", Filter("(arch = 'model_2' or tag.who = 'person-3') and not (batch_size >= 32 or seed = 1)")),
        ("dataset and state", Filter("dataset = 'chest@1' and state = 'failed'")),
        ("created", Filter("created >= 2026-02-01 and created < 2026-02-02T12:00")),
        ("experiment", "/api/runs?experiment=experiment-13"),
        ("experiment, best first", "/api/runs?experiment=experiment-13&sort=-accuracy"),
        ("sorted by accuracy", "/api/runs?sort=-accuracy"),
        ("sorted by test loss", "/api/runs?sort=test_loss"),
        ("sorted by learning rate", "/api/runs?sort=learning_rate"),
        ("sorted by end", "/api/runs?sort=-ended"),
        ("count", "/api/runs/count"),
        ("count of a filter", CountOf("accuracy > 0.85 and arch = 'model_4'")),
        ("count of a tag", CountOf("tag.site = 'hospital-7'")),
        ("experiments", "/api/experiments"),
    ];

    public static async Task<int> RunAsync(string[] size)
    {
        var numbers = size.Select(number => int.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        var (runs, epochs) = (numbers.ElementAtOrDefault(0) is > 0 and var first ? first : 100_000, numbers.ElementAtOrDefault(1) is > 0 and var second ? second : 100);
        await using var postgres = await PostgresServer.StartAsync(CancellationToken.None);
        var database = await postgres.CreateDatabaseAsync(CancellationToken.None);
        await using var server = await RegistryServer.StartAsync(database);
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        var started = Stopwatch.GetTimestamp();
        await RunFill.FillAsync(server.Services, connection, runs, epochs);
        Console.WriteLine($"{runs:N0} runs of {epochs} epochs written in {Stopwatch.GetElapsedTime(started).TotalSeconds:N0} s; {await SizesAsync(connection)}.");

        var roundTrip = await TimesAsync(() => ScalarAsync(connection, "SELECT 1"));
        var scan = await TimesAsync(() => ScalarAsync(connection, "SELECT count(*) FROM \"Runs\""));
        Console.WriteLine($"{"",-28}{"median",10}{"p95",10}{"longest",10}{"/ count(*)",12}");
        Row("SELECT 1", roundTrip, scan);
        Row("SELECT count(*) FROM Runs", scan, scan);
        var longest = 0.0;
        (string What, string Path)[] pages = [.. s_pages, ("deep page", $"/api/runs?after={runs / 2}:{runs / 2}"), ("deep page by accuracy", await DeepAsync(server.Http, runs / 2))];
        foreach (var (what, path) in pages)
        {
            var times = await TimesAsync(() => server.Http.GetByteArrayAsync(path));
            Row(what, times, scan);
            longest = Math.Max(longest, times[^1]);
        }
        Console.WriteLine($"The longest of all took {longest:N1} ms; the bound is {LongestPage:N0} ms.");
        return longest < LongestPage ? 0 : 1;
    }

    private static string Filter(string filter, string more = "") => $"/api/runs?filter={Uri.EscapeDataString(filter)}{more}";

    private static string CountOf(string filter) => $"/api/runs/count?filter={Uri.EscapeDataString(filter)}";

    /// <summary>The page by accuracy that follows a run in the middle.</summary>
    private static async Task<string> DeepAsync(HttpClient http, int id)
    {
        var found = await http.GetFromJsonAsync<Page<RunSummary>>($"/api/runs?filter=id%3D{id}&sort=-accuracy", XrayJson.Compact);
        return string.Create(CultureInfo.InvariantCulture, $"/api/runs?sort=-accuracy&after={found!.Items[0].ValidationAccuracy:R}:{id}");
    }

    /// <summary>Sorted milliseconds.</summary>
    private static async Task<double[]> TimesAsync(Func<Task> request)
    {
        for (var i = 0; i < WarmUps; i++) await request();
        var times = new double[Requests];
        for (var i = 0; i < Requests; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await request();
            times[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }
        Array.Sort(times);
        return times;
    }

    private static void Row(string what, double[] times, double[] scan) => Console.WriteLine(
        $"{what,-28}{$"{times[Requests / 2]:N1} ms",10}{$"{times[Requests * 95 / 100 - 1]:N1} ms",10}{$"{times[^1]:N1} ms",10}{times[Requests / 2] / scan[Requests / 2],12:N2}");

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    private static async Task<object?> SizesAsync(NpgsqlConnection connection) => await ScalarAsync(
        connection,
        """
        SELECT format('Runs %s in line and %s out of line, RunEpochs %s', pg_size_pretty(pg_relation_size('"Runs"')),
            pg_size_pretty(pg_table_size('"Runs"') - pg_relation_size('"Runs"')), pg_size_pretty(pg_relation_size('"RunEpochs"')))
        """);
}
