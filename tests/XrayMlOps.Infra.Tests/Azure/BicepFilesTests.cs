namespace XrayMlOps.Infra.Tests.Azure;

/// <summary>The compiler finds nothing to say of any file, with every rule of <c>infra/bicepconfig.json</c> an error.</summary>
public sealed class BicepFilesTests
{
    [Fact]
    public async Task Files_lint_without_a_word()
    {
        var lint = await LintAsync(RepositoryFiles.At("infra"));
        Assert.Equal("", $"{lint.Output}{lint.Errors}");
        Assert.Equal(0, lint.ExitCode);
    }

    [Fact]
    public async Task Template_compiles_without_a_word()
    {
        var build = await Bicep.RunAsync("build", RepositoryFiles.At("infra/main.bicep"), "--stdout");
        Assert.Equal("", build.Errors);
        Assert.Equal(0, build.ExitCode);
        Assert.Contains("/subscriptionDeploymentTemplate.json#", build.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Careless_file_is_told_of_by_the_same_rules()
    {
        var folder = Directory.CreateTempSubdirectory("xray-infra-tests-");
        try
        {
            var file = Path.Combine(folder.CreateSubdirectory("modules").FullName, "careless.bicep");
            await File.WriteAllTextAsync(file, "param password string = 'hunter2'\n", TestContext.Current.CancellationToken);
            File.Copy(RepositoryFiles.At("infra/bicepconfig.json"), Path.Combine(folder.FullName, "bicepconfig.json"));
            var lint = await LintAsync(folder.FullName);
            Assert.Equal(1, lint.ExitCode);
            Assert.Contains("Error no-unused-params", lint.Errors, StringComparison.Ordinal);
            Assert.Contains("Error secure-secrets-in-params", lint.Errors, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Task<ProgramRun> LintAsync(string folder) => Bicep.RunAsync("lint", "--pattern", $"{folder}/**/*.bicep");
}
