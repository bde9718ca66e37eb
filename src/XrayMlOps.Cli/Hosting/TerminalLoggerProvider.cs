using Spectre.Console;

namespace XrayMlOps.Cli.Hosting;

/// <summary>Writes the hosts' log where a person looks, without tearing a progress bar apart: both go through the same console.</summary>
internal sealed class TerminalLoggerProvider(IAnsiConsole console) : ILoggerProvider
{
    /// <summary>An event of the generic host, which throws the exception too: whoever starts it tells it in fewer words.</summary>
    private const string StartFailed = "HostedServiceStartupFaulted";

    public ILogger CreateLogger(string categoryName) => new TerminalLogger(console, categoryName);

    public void Dispose()
    {
    }

    private sealed class TerminalLogger(IAnsiConsole console, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Name == StartFailed) return;
            var (colour, level) = logLevel switch
            {
                >= LogLevel.Error => ("red", "error"),
                LogLevel.Warning => ("yellow", "warning"),
                _ => ("grey", "info"),
            };
            console.MarkupLineInterpolated($"[{colour}]{level}[/] [grey]{category}:[/] {formatter(state, exception)}");
            if (exception is not null) console.WriteLine(exception.ToString());
        }
    }
}
