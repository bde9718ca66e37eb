using System.Reflection;
using System.Runtime.InteropServices;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Infra.Tests.Azure;

/// <summary>The Bicep compiler, from NuGet.</summary>
internal static class Bicep
{
    public static Task<ProgramRun> RunAsync(params IEnumerable<string> arguments) => ProgramRun.Of(Find(), arguments);

    private static string Find()
    {
        var program = typeof(Bicep).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "Bicep").Value!;
        return OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64
            ? program
            : throw ServerPrograms.Missing("the Bicep compiler that is referenced runs on Linux x64 only.");
    }
}
