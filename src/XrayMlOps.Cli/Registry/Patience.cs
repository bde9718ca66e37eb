using System.Net;
using XrayMlOps.Cli.CommandLine;

namespace XrayMlOps.Cli.Registry;

/// <summary>
/// Rides out a server, or its blob store, that is away for a while: what failed for that is tried again, later and later. A server that
/// never answered is not waited for: its address is wrong, or it was not started.
/// </summary>
internal sealed class Patience(TimeProvider time)
{
    /// <summary>From the first failure of one request on.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_firstWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(5);

    private volatile bool _reached;

    /// <param name="attempt">May be called again; sends each time what it sends anew.</param>
    public async Task<T> RideOutAsync<T>(Func<Task<T>> attempt, CancellationToken cancellationToken)
    {
        long? since = null;
        for (var wait = s_firstWait; ; wait = TimeSpan.FromTicks(Math.Min(2 * wait.Ticks, s_longestWait.Ticks)))
        {
            TimeSpan pause;
            try
            {
                var answer = await attempt();
                _reached = true;
                return answer;
            }
            catch (Exception problem) when (PauseAfter(problem, wait) is { } due && time.GetElapsedTime(since ??= time.GetTimestamp()) < s_longest)
            {
                pause = due;
            }
            await Task.Delay(pause, time, cancellationToken);
        }
    }

    /// <summary>Null if it is no use to try again.</summary>
    private TimeSpan? PauseAfter(Exception problem, TimeSpan wait) => problem switch
    {
        CommandFailure { Code: ExitCode.Unreachable } when _reached => wait,
        ServerProblem { Status: HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout } => wait,
        // Without the header it is no matter of time: the deployment lacks something.
        ServerProblem { Status: HttpStatusCode.ServiceUnavailable, RetryAfter: { } after } when after < s_longest => after < wait ? wait : after,
        _ => null,
    };
}
