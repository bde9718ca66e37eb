using System.Text.Json;
using Spectre.Console;
using XrayMlOps.Core;

namespace XrayMlOps.Cli.CommandLine;

/// <summary>Where a command writes. Nothing but one JSON document goes to standard output under <c>--json</c>.</summary>
internal sealed class Terminal(IAnsiConsole output, IAnsiConsole errors, TimeProvider time)
{
    /// <summary>Characters: what is redirected is not wrapped.</summary>
    private const int WidthOfFiles = 1000;

    public IAnsiConsole Output { get; } = output;

    public IAnsiConsole Errors { get; } = errors;

    public TimeProvider Time { get; } = time;

    public static Terminal OfProcess() => new(
        Console(System.Console.Out, System.Console.IsOutputRedirected),
        Console(System.Console.Error, System.Console.IsErrorRedirected),
        TimeProvider.System);

    /// <summary>A console that writes plain text where <paramref name="redirected"/>; a terminal's size and <c>NO_COLOR</c> are respected.</summary>
    public static IAnsiConsole Console(TextWriter writer, bool redirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
            Interactive = redirected ? InteractionSupport.No : InteractionSupport.Detect,
        });
        if (redirected) console.Profile.Width = WidthOfFiles;
        return console;
    }

    /// <summary>The console for people: standard output, or standard error where JSON takes standard output.</summary>
    public IAnsiConsole People(bool json) => json ? Errors : Output;

    public void WriteJson<T>(T document)
    {
        Output.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(document, XrayJson.Indented));
        Output.Profile.Out.Writer.Flush();
    }
}
