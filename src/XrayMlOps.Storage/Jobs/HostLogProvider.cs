using Hangfire.Logging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using LogLevel = Hangfire.Logging.LogLevel;

namespace XrayMlOps.Storage.Jobs;

/// <summary>
/// Passes Hangfire's log to the host's. Hangfire has one log for a process whereas a process may run several hosts one after the other:
/// its own provider throws once the host that came last is gone.
/// </summary>
internal sealed class HostLogProvider(ILoggerFactory loggers) : ILogProvider
{
    public ILog GetLogger(string name)
    {
        try
        {
            return new HostLog(loggers.CreateLogger(name));
        }
        catch (ObjectDisposedException)
        {
            return new HostLog(NullLogger.Instance);
        }
    }

    private sealed class HostLog(ILogger logger) : ILog
    {
        public bool Log(LogLevel logLevel, Func<string>? messageFunc, Exception? exception)
        {
            var level = (Microsoft.Extensions.Logging.LogLevel)logLevel; // the two enumerations agree from Trace to Critical
            if (messageFunc is null) return logger.IsEnabled(level);
            logger.Log(level, default, messageFunc, exception, (message, _) => message());
            return true;
        }
    }
}
