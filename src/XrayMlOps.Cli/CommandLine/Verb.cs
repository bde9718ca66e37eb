using System.CommandLine;
using Spectre.Console;
using XrayMlOps.Cli.Registry;

namespace XrayMlOps.Cli.CommandLine;

/// <summary>A command that does something. Failure of any kind becomes a message on standard error and an exit code, here and nowhere else.</summary>
internal abstract class Verb : Command
{
    /// <summary>Set to 1, an unexpected failure is shown with its stack.</summary>
    private const string DebugVariable = "XRAY_DEBUG";

    protected Verb(string name, string description, Terminal terminal) : base(name, description)
    {
        Terminal = terminal;
        SetAction(async (arguments, cancellationToken) => (int)await GuardAsync(arguments, cancellationToken));
    }

    protected Terminal Terminal { get; }

    protected abstract Task<ExitCode> RunAsync(ParseResult arguments, CancellationToken cancellationToken);

    private async Task<ExitCode> GuardAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        try
        {
            return await RunAsync(arguments, cancellationToken);
        }
        catch (CommandFailure failure)
        {
            return Fail(failure.Code, failure.Message);
        }
        catch (ServerProblem problem)
        {
            return Fail(problem.ExitCode, problem.Message);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Fail(ExitCode.Interrupted, "Interrupted.");
        }
        catch (Exception unexpected) when (unexpected is not OutOfMemoryException)
        {
            var stack = Environment.GetEnvironmentVariable(DebugVariable) == "1";
            return Fail(
                ExitCode.Failed,
                stack ? unexpected.ToString() : $"{unexpected.GetType().Name}: {unexpected.Message}\nSet {DebugVariable}=1 for the stack.");
        }
    }

    private ExitCode Fail(ExitCode code, string message)
    {
        Terminal.Errors.MarkupLineInterpolated($"[red]{Path(this)}:[/] {message}");
        return code;
    }

    /// <summary><c>xray dataset push</c>.</summary>
    private static string Path(Command command) =>
        command is RootCommand ? "xray" : $"{Path(command.Parents.OfType<Command>().First())} {command.Name}";
}
