using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Cli.Runs.Watching;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Cli.Runs;

/// <summary>Follows a run that goes on without whoever watches it.</summary>
internal static class RunWait
{
    /// <exception cref="CommandFailure">Interrupted: the run is not.</exception>
    public static async Task<RunResponse> FollowAsync(this RegistryClient client, int id, IAnsiConsole people, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            return await new RunFollower(client, people, time).FollowAsync(id, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new CommandFailure(
                ExitCode.Interrupted,
                $"Interrupted, but run {id} goes on at {client.Server}. Watch it again: xray runs watch {id}; end it: xray runs cancel {id}");
        }
    }
}
