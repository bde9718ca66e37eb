using System.Diagnostics;
using XrayMlOps.Cli.Datasets.Sources;

namespace XrayMlOps.Cli.Tests.Datasets.Sources;

public sealed class UnpackedFolderTests
{
    [Fact]
    public async Task Folder_of_a_killed_process_is_removed_and_that_of_a_living_one_stays()
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", "--version") { RedirectStandardOutput = true })!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        var living = UnpackedFolder.Create();
        var killed = new DirectoryInfo(living.FullName.Replace($"-{Environment.ProcessId}-", $"-{process.Id}-", StringComparison.Ordinal));
        killed.Create();
        await File.WriteAllTextAsync(Path.Combine(killed.FullName, "000000000"), "film", TestContext.Current.CancellationToken);
        try
        {
            UnpackedFolder.Create().Delete();
            Assert.Equal((true, false), (Directory.Exists(living.FullName), Directory.Exists(killed.FullName)));
        }
        finally
        {
            living.Delete();
        }
    }
}
