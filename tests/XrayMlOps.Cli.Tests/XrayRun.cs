using System.Text.Json;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Core;

namespace XrayMlOps.Cli.Tests;

/// <summary>What one call of <c>xray</c> came to, run inside this process as if its output were redirected to files.</summary>
internal sealed record XrayRun(int ExitCode, string Output, string Errors)
{
    public static async Task<XrayRun> Of(params string[] arguments)
    {
        await using StringWriter output = new(), errors = new();
        var terminal = new Terminal(Terminal.Console(output, redirected: true), Terminal.Console(errors, redirected: true), TimeProvider.System);
        var exitCode = await XrayCommand.RunAsync(arguments, terminal, TestContext.Current.CancellationToken);
        return new XrayRun(exitCode, output.ToString(), errors.ToString());
    }

    /// <summary>Runs a verb with <c>--json</c> that must succeed, and reads the document that must be all of its output.</summary>
    public static async Task<T> Json<T>(params string[] arguments)
    {
        var run = await Of([.. arguments, "--json"]);
        Assert.True(run.ExitCode == 0, $"xray {string.Join(' ', arguments)} answered {run.ExitCode}: {run.Errors}");
        return JsonSerializer.Deserialize<T>(run.Output, XrayJson.Compact)!;
    }
}
