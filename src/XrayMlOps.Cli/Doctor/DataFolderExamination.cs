using XrayMlOps.Cli.CommandLine;

namespace XrayMlOps.Cli.Doctor;

/// <summary>Whether the data folder can be written, and how much fits.</summary>
internal sealed class DataFolderExamination(string folder) : IExamination
{
    private const long ComfortableSpace = 5L << 30;

    public string Name => "Data folder";

    public string Advice => "Give a folder that you may write: --data-dir DIR, or XRAY_DATA_DIR.";

    public async Task<IReadOnlyList<Finding>> ExamineAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var probe = Path.Combine(folder, $"doctor-{Guid.NewGuid():N}");
        await File.WriteAllTextAsync(probe, "", cancellationToken);
        File.Delete(probe);
        var free = new DriveInfo(folder).AvailableFreeSpace;
        return
        [
            free >= ComfortableSpace
                ? new Finding(Name, FindingState.Ok, $"{folder}, {Figures.Size(free)} free")
                : new Finding(
                    Name, FindingState.Warning, $"{folder}, only {Figures.Size(free)} free",
                    $"A dataset of 5,000 films and its runs want about {Figures.Size(ComfortableSpace)}."),
        ];
    }
}
