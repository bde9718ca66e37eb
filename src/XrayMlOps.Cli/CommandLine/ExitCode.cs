namespace XrayMlOps.Cli.CommandLine;

/// <summary>What the process answers with; scripts may rely on the numbers.</summary>
internal enum ExitCode
{
    Ok = 0,

    /// <summary>The work was tried and failed: a run failed, a check found something missing, the server refused.</summary>
    Failed = 1,

    /// <summary>The command line, a file or a name is wrong.</summary>
    BadInput = 2,

    /// <summary>No server answers.</summary>
    Unreachable = 3,

    /// <summary>The server has no such dataset, run, model, prediction or schedule.</summary>
    NotFound = 4,

    /// <summary>Ctrl-C or SIGTERM, by the shells' convention.</summary>
    Interrupted = 130,
}

/// <summary>Ends a command with a message for a person: what was wrong, where, and what to do.</summary>
internal sealed class CommandFailure(ExitCode code, string message) : Exception(message)
{
    public ExitCode Code { get; } = code;
}
