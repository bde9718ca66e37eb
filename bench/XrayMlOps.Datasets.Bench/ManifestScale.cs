using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using XrayMlOps.Core;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Datasets.Bench;

/// <summary>
/// Whether work on versions grows as their films do: seconds for each size, and by what they grew from the size before. What can be
/// repeated is, and the best counts.
/// </summary>
internal sealed class ManifestScale(RegistryServer server)
{
    private const int FilmsAPage = 1_000;
    private const int Repeats = 3;
    private const int WarmUp = 20_000;
    private const double LargestMemory = 1e9;
    private static readonly string[] s_parts = ["register", "derive another", "page through", "compare", "list changes", "split"];

    public static async Task<int> RunAsync(string[] arguments)
    {
        int[] sizes = arguments is [var list]
            ? [.. list.Split(',').Select(size => int.Parse(size, CultureInfo.InvariantCulture)).Order()]
            : [50_000, 100_000, 200_000];
        await using var server = await RegistryServer.StartAsync();
        await GeneratedFilms.SeedAsync(server.Services, sizes[^1]);
        var scale = new ManifestScale(server);
        await scale.MeasureAsync(WarmUp); // what is compiled at first use, or again after many, is not what is measured

        Console.WriteLine($"{"films",9}{string.Concat(s_parts.Select(part => $"{part,22}"))}{"peak memory",15}");
        double[]? before = null;
        foreach (var size in sizes)
        {
            var seconds = await scale.MeasureAsync(size);
            var figures = seconds.Select((figure, i) => $"{figure:f2} s{(before is null ? "" : $" (x {figure / before[i]:f2})")}");
            Console.WriteLine($"{size,9:N0}{string.Concat(figures.Select(figure => $"{figure,22}"))}{$"{PeakMemory() / 1e6:N0} MB",15}");
            before = seconds;
        }
        var peak = PeakMemory();
        Console.WriteLine($"Peak memory of the server and this client together: {peak / 1e6:N0} MB; the bound is {LargestMemory / 1e6:N0} MB.");
        return peak <= LargestMemory ? 0 : 1;
    }

    /// <summary>Seconds that each part takes, in the order of <see cref="s_parts"/>.</summary>
    private async Task<double[]> MeasureAsync(int films)
    {
        var name = $"scale-{films}";
        GeneratedFilms pushed = new(films);
        var corrections = pushed.Take(films / 50).Where(film => !film.File.StartsWith("ward-7", StringComparison.Ordinal))
            .Select(film => new LabelCorrection((ImageLabel)(((int)film.Label + 1) % ImageLabels.Count), Digest: film.Digest[..24]));
        return
        [
            await SecondsAsync(() => PushAsync(name, new PushRequest(pushed) { Pack = false })),
            await SecondsAsync(() => PushAsync(
                name, new PushRequest([]) { Base = $"{name}@1", Pack = false, Remove = [new FilmFilter { Files = ["ward-7?/**"] }], Labels = [.. corrections] })),
            await BestSecondsAsync(() => PageAsync(name, films)),
            await BestSecondsAsync(() => server.GetAsync<DatasetDiff>($"/api/datasets/{name}%401/diff/{name}%402")),
            await BestSecondsAsync(() => ListChangesAsync(name)),
            await SplitAsync(pushed),
        ];
    }

    private async Task PushAsync(string name, PushRequest push)
    {
        using var answer = await server.Http.PostAsJsonAsync($"/api/datasets/{name}/versions", push, XrayJson.Compact);
        var lines = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"The push was answered {answer.StatusCode}: {lines}");
        if (JsonSerializer.Deserialize<PushEvent>(lines.TrimEnd().Split('\n')[^1], XrayJson.Compact) is not PushCompleted { Created: true })
            throw new InvalidOperationException($"The push made no version: {lines}");
    }

    private async Task PageAsync(string name, int films)
    {
        var seen = 0;
        for (string? after = ""; after is not null;)
        {
            var page = await server.GetAsync<Page<ManifestEntry>>($"/api/datasets/{name}%401/films?limit={FilmsAPage}&after={after}");
            seen += page.Items.Count;
            after = page.Next;
        }
        if (seen != films) throw new InvalidOperationException($"The pages held {seen} films of {films}.");
    }

    private async Task ListChangesAsync(string name)
    {
        await using var lines = await server.Http.GetStreamAsync($"/api/datasets/{name}%401/diff/{name}%402/films");
        using var reader = new StreamReader(lines);
        while (await reader.ReadLineAsync() is not null)
        {
        }
    }

    private static Task<double> SplitAsync(GeneratedFilms films)
    {
        (string, ImageLabel)[] split = [.. films.Select(film => (film.Patient, film.Label))];
        return BestSecondsAsync(() => Task.FromResult(PatientSplitter.Assign(split, new SplitRule())));
    }

    private static async Task<double> SecondsAsync(Func<Task> work)
    {
        var started = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task<double> BestSecondsAsync(Func<Task> work)
    {
        var best = double.MaxValue;
        for (var repeat = 0; repeat < Repeats; repeat++) best = Math.Min(best, await SecondsAsync(work));
        return best;
    }

    private static long PeakMemory()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
