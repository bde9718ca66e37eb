using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Core.Access;

namespace XrayMlOps.Cli.Access;

internal static class KeyView
{
    /// <summary>The key alone goes to standard output, for a pipe into wherever it is kept.</summary>
    public static void WriteKey(this Terminal terminal, IssuedKeyResponse issued, bool json)
    {
        if (json)
        {
            terminal.WriteJson(issued);
            return;
        }
        terminal.Output.WriteLine(issued.Key);
        terminal.Errors.MarkupLineInterpolated(
            $"The key [green]{issued.Issued.Name}[/] (id {issued.Issued.Id}, role {issued.Issued.Role.ToString().ToLowerInvariant()}), good until {Figures.Time(issued.Issued.ExpiresAt)}. It is not shown again.");
    }
}
