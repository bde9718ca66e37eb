using System.Text.Json;

namespace XrayMlOps.Cli.Tests.Doctor;

public sealed class DoctorTests
{
    [Fact]
    public async Task Doctor_on_a_machine_that_runs_these_tests_finds_all_that_the_main_job_needs()
    {
        using var folder = new TestFolder();
        var diagnosis = await XrayRun.Json<JsonElement>("doctor", "--data-dir", folder.Path, "--server", "http://127.0.0.1:1");
        Assert.True(diagnosis.GetProperty("ready").GetBoolean());
        var found = diagnosis.GetProperty("findings").EnumerateArray().ToDictionary(
            finding => finding.GetProperty("name").GetString()!, finding => finding.GetProperty("detail").GetString()!);
        Assert.Contains("libtorch", found["Torch"], StringComparison.Ordinal);
        Assert.Contains("threads", found["Training on"], StringComparison.Ordinal);
        Assert.Contains(folder.Path, found["Data folder"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_where_the_data_folder_cannot_be_had_exits_1_and_says_what_to_do()
    {
        using var folder = new TestFolder();
        var run = await XrayRun.Of("doctor", "--data-dir", Path.Combine(folder.Write("file", ""), "below"), "--server", "http://127.0.0.1:1");
        Assert.Equal(1, run.ExitCode);
        Assert.Matches(@"missing\s+Data folder", run.Output);
        Assert.Contains("--data-dir", run.Output, StringComparison.Ordinal);
    }
}
