using Microsoft.Extensions.Options;
using XrayMlOps.InferenceApi.ControlPlane;

namespace XrayMlOps.InferenceApi.Predictions;

/// <summary>Delivers the prediction log in the background, with growing pauses while the registry is away, and once more at the end.</summary>
internal sealed partial class PredictionLogShipper(PredictionLog log, IOptions<InferenceOptions> options, TimeProvider time, ILogger<PredictionLogShipper> logger)
    : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(5);

    private readonly TimeSpan _gathering = TimeSpan.FromSeconds(options.Value.LogSeconds);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = s_firstPause;
        while (true)
        {
            await log.WaitAsync(stoppingToken);
            await Task.Delay(_gathering, time, stoppingToken);
            try
            {
                await log.FlushAsync(stoppingToken);
                if (pause > s_firstPause) LogBack();
                pause = s_firstPause;
            }
            catch (ControlPlaneException away)
            {
                if (pause == s_firstPause) LogAway(away.Message);
                await Task.Delay(pause, time, stoppingToken);
                pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause;
            }
        }
    }

    /// <summary>The first farewell: while this process, which may be the registry's too, still listens.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken) => FlushAtLastAsync(cancellationToken);

    /// <summary>The second: what was predicted since, until the server had answered its last request.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await FlushAtLastAsync(cancellationToken);
        if (log.Pending is > 0 and var left) LogLeft(left);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task FlushAtLastAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(s_farewell, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await log.FlushAsync(stop.Token);
        }
        catch (Exception failure) when (failure is ControlPlaneException or OperationCanceledException)
        {
            LogFarewell(failure.Message);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The registry takes no predictions ({Reason}); they are kept and sent again")]
    private partial void LogAway(string reason);

    [LoggerMessage(2, LogLevel.Information, "The registry takes predictions again")]
    private partial void LogBack();

    [LoggerMessage(3, LogLevel.Warning, "The prediction log could not be delivered at the end ({Reason})")]
    private partial void LogFarewell(string reason);

    [LoggerMessage(4, LogLevel.Warning, "The registry does not have {Count} predictions: they are kept on this machine for the next start")]
    private partial void LogLeft(int count);
}
