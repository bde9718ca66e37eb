using Microsoft.Extensions.Options;

namespace XrayMlOps.Worker.Trainers;

/// <summary>Where the trainer program is: as configured, in <c>trainer/</c> beside this program, or where the build puts it.</summary>
internal sealed class TrainerLocation(IOptions<WorkerOptions> options)
{
    private const string Program = "XrayMlOps.Trainer";

    /// <exception cref="TrainerMissingException">It is in none of the places.</exception>
    public string Find()
    {
        string[] places = options.Value.TrainerPath is { Length: > 0 } path ? [Path.GetFullPath(path)] : [.. Places(AppContext.BaseDirectory)];
        return places.FirstOrDefault(File.Exists) ?? throw new TrainerMissingException(places);
    }

    private static IEnumerable<string> Places(string home)
    {
        yield return Path.Combine(home, "trainer", $"{Program}.dll");
        // The build's layout is <artifacts>/bin/<project>/<configuration>.
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(home));
        yield return Path.GetFullPath(Path.Combine(home, "..", "..", Program, configuration, $"{Program}.dll"));
    }
}

internal sealed class TrainerMissingException(IEnumerable<string> places)
    : IOException($"The trainer program is not at {string.Join(" nor at ", places)}: build src/XrayMlOps.Trainer, or set Worker:TrainerPath.");
