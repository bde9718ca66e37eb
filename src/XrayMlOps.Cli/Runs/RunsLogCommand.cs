using System.CommandLine;
using System.Text;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Cli.Runs;

/// <summary><c>xray runs log</c>.</summary>
internal sealed class RunsLogCommand : ServerVerb
{
    private readonly RunArgument _run = new();
    private readonly Option<bool> _follow = new("--follow", "-f") { Description = "Print what is added, until the run has ended" };

    public RunsLogCommand(Terminal terminal) : base("log", "Print what the trainer of a run wrote to its log", terminal)
    {
        Add(_run);
        Add(_follow);
    }

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var id = arguments.GetValue(_run);
        if (arguments.GetValue(_follow))
        {
            if (json) throw new CommandFailure(ExitCode.BadInput, "--follow and --json: give one of them; a document has to end before it can be printed.");
            await FollowAsync(client, id, cancellationToken);
            return ExitCode.Ok;
        }
        var log = await client.RunLogAsync(id, cancellationToken);
        if (json) Terminal.WriteJson(new RunLog(id, log));
        else Write(log);
        return ExitCode.Ok;
    }

    /// <summary>A connection that breaks, or a server that starts again, is ridden out.</summary>
    private async Task FollowAsync(RegistryClient client, int id, CancellationToken cancellationToken)
    {
        var patience = new Patience(Terminal.Time);
        var decoder = Encoding.UTF8.GetDecoder(); // a piece may end within a character
        var written = 0L;
        while (true)
        {
            await patience.RideOutAsync(
                async () =>
                {
                    await foreach (var piece in client.FollowRunLogAsync(id, written, cancellationToken))
                    {
                        written += piece.Length;
                        var text = new char[Encoding.UTF8.GetMaxCharCount(piece.Length)];
                        Write(new string(text, 0, decoder.GetChars(piece.Span, text, flush: false)));
                    }
                    return written;
                },
                cancellationToken);
            // A server that stops ends the answer in good order too: only the run's end is the end.
            var run = await patience.RideOutAsync(() => client.RunAsync(id, cancellationToken), cancellationToken);
            if (run.State.IsEnd()) return;
        }
    }

    /// <summary>As it is: Spectre would wrap its lines.</summary>
    private void Write(string log)
    {
        Terminal.Output.Profile.Out.Writer.Write(log);
        Terminal.Output.Profile.Out.Writer.Flush();
    }

    private sealed record RunLog(int Run, string Log);
}
