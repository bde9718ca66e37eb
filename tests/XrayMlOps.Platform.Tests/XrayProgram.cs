using System.Diagnostics;

namespace XrayMlOps.Platform.Tests;

/// <summary>The program <c>xray</c>, as a person runs it.</summary>
internal static class XrayProgram
{
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(Uri server, string key, params IEnumerable<string> words)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "xray.dll"), .. words]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["XRAY_SERVER"] = server.OriginalString;
        start.Environment["XRAY_API_KEY"] = key;
        using var process = Process.Start(start)!;
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, said[0], said[1]);
    }
}
