namespace XrayMlOps.Infra.Tests.Hooks;

/// <summary>The scripts that azd runs, with a stand-in for <c>az</c>.</summary>
public sealed class HookScriptsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("xray-infra-tests-").FullName;

    public static TheoryData<string> Scripts => new(RepositoryFiles.Under("infra/hooks", "*.sh"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Script_parses_and_says_what_it_lacks(string script)
    {
        (await ProgramRun.Of("sh", ["-n", RepositoryFiles.At(script)])).Succeeded();
        if (script.EndsWith("check-backend.sh", StringComparison.Ordinal)) return; // has a default for all that it reads
        var run = await ProgramRun.Of("env", ["-i", $"PATH={Environment.GetEnvironmentVariable("PATH")}", "sh", RepositoryFiles.At(script)]);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("is not set", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Succeeded", 0, "The database is up to date.")]
    [InlineData("Failed", 1, "az containerapp job logs show")]
    public async Task Migration_ends_as_the_job_does(string state, int exitCode, string says)
    {
        var az = Path.Combine(_folder, "az");
        await File.WriteAllTextAsync(az, $"#!/bin/sh\ncase \"$*\" in *'job start'*) echo migrate-1 ;; *'job execution show'*'--job-execution-name migrate-1'*) echo {state} ;; *) exit 2 ;; esac\n", TestContext.Current.CancellationToken);
        (await ProgramRun.Of("chmod", ["+x", az])).Succeeded();
        var run = await ProgramRun.Of("sh", [RepositoryFiles.At("infra/hooks/migrate.sh")], new Dictionary<string, string>
        {
            ["PATH"] = $"{_folder}:{Environment.GetEnvironmentVariable("PATH")}",
            ["AZURE_RESOURCE_GROUP"] = "rg-test",
            ["MIGRATE_JOB"] = "migrate",
        });
        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(says, $"{run.Output}{run.Errors}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Consumption-GPU-NC24-A100", "cpu", 1)]
    [InlineData("Consumption-GPU-NC8as-T4", "cuda", 0)]
    [InlineData("Consumption", "cpu", 0)]
    public async Task Worker_for_a_gpu_is_not_built_without_cuda(string profile, string backend, int exitCode)
    {
        var run = await ProgramRun.Of("sh", [RepositoryFiles.At("infra/hooks/check-backend.sh")], new Dictionary<string, string> { ["XRAY_WORKER_PROFILE"] = profile, ["TorchBackend"] = backend });
        Assert.Equal(exitCode, run.ExitCode);
        if (exitCode != 0) Assert.Contains("export TorchBackend=cuda", run.Errors, StringComparison.Ordinal);
    }
}
