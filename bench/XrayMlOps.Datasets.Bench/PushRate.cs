using System.Diagnostics;
using System.Text.Json;
using XrayMlOps.Testing;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Datasets.Bench;

/// <summary>
/// What pushing a folder takes a user: <c>xray dataset push</c> as a process, to <c>xray up</c> as another, into a local folder and into Azurite. A second push must
/// find everything there. Beside it, in the same run, the time in which djpeg decodes the same files on the same cores.
/// </summary>
internal sealed class PushRate(string films)
{
    private const double LargestLocal = 15, LargestAzurite = 60, LargestSecond = 2;

    /// <param name="arguments">The folder to push; the real films if none is given.</param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var films = arguments is [var folder] ? folder : RealFilms.Folder is { } data ? Path.Combine(data, "chest_xray", "train") : null;
        if (films is null || !Directory.Exists(films))
        {
            Console.Error.WriteLine("The films are not here: name a folder of films, or set XRAY_DATA.");
            return 1;
        }
        var bench = new PushRate(films);
        var limit = DjpegSeconds(films);
        Console.WriteLine(limit is { } seconds ? $"djpeg -grayscale over the same files, {Environment.ProcessorCount} processes: {seconds:f1} s" : "djpeg is not on the PATH: no limit to compare with.");

        var good = await bench.MeasureAsync("folder", blobs: null, LargestLocal, limit);
        await using var azurite = await AzuriteServer.StartAsync(CancellationToken.None);
        return good & await bench.MeasureAsync("Azurite", azurite.ConnectionString, LargestAzurite, limit) ? 0 : 1;
    }

    private async Task<bool> MeasureAsync(string store, string? blobs, double bound, double? limit)
    {
        await using var server = await XrayServer.StartAsync(blobs);
        var first = await PushAsync(server.Address);
        var second = await PushAsync(server.Address);
        if (!first.Created || second.Created || second.Uploaded != 0)
            throw new InvalidOperationException($"The second push into {store} uploaded {second.Uploaded} films{(second.Created ? " and made a version" : "")}: it should have found everything there.");
        Console.WriteLine(
            $"{store,-8} {first.Uploaded:N0} films pushed in {first.Seconds:f1} s ({first.Uploaded / first.Seconds:f0} films/s{(limit is { } seconds ? $", {first.Seconds / seconds:f2} times djpeg's" : "")}; bound {bound} s); " +
            $"again in {second.Seconds:f2} s (bound {LargestSecond} s), nothing uploaded");
        return first.Seconds <= bound && second.Seconds <= LargestSecond;
    }

    private async Task<(double Seconds, bool Created, int Uploaded)> PushAsync(string server)
    {
        var began = TimeProvider.System.GetTimestamp();
        using var push = Process.Start(new ProcessStartInfo("dotnet", [XrayServer.Program, "dataset", "push", films, "--server", server, "--json"])
        {
            RedirectStandardOutput = true,
            Environment = { ["XRAY_API_KEY"] = TestKey.Text },
        })!;
        var json = await push.StandardOutput.ReadToEndAsync();
        await push.WaitForExitAsync();
        var seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        if (push.ExitCode != 0) throw new InvalidOperationException($"xray dataset push failed with exit code {push.ExitCode}; it says why above.");
        var outcome = JsonDocument.Parse(json).RootElement;
        return (seconds, outcome.GetProperty("created").GetBoolean(), outcome.GetProperty("uploaded").GetInt32());
    }

    /// <summary>One djpeg a film, as many at once as there are cores; null where libjpeg-turbo's tools are not installed.</summary>
    private static double? DjpegSeconds(string films)
    {
        var began = TimeProvider.System.GetTimestamp();
        using var shell = Process.Start(
            "/bin/sh",
            ["-c", $"command -v djpeg >/dev/null || exit 9; find -L \"$0\" -name '*.jp*g' -print0 | xargs -0 -n 1 -P {Environment.ProcessorCount} djpeg -grayscale -outfile /dev/null", films]);
        shell.WaitForExit();
        return shell.ExitCode switch
        {
            0 => TimeProvider.System.GetElapsedTime(began).TotalSeconds,
            9 => null,
            var code => throw new InvalidOperationException($"djpeg failed with exit code {code}; it says why above."),
        };
    }
}
