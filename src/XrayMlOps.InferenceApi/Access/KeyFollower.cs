using System.Text.Json;
using Microsoft.Extensions.Options;
using XrayMlOps.Core;
using XrayMlOps.Core.Access;
using XrayMlOps.InferenceApi.ControlPlane;
using XrayMlOps.ServiceDefaults.Access;

namespace XrayMlOps.InferenceApi.Access;

/// <summary>
/// Has this host know the registry's keys as the control plane tells them, and keep them in a file, so that it knows its callers when it starts and the control plane is
/// away. Where both run in one process there is nothing to follow.
/// </summary>
internal sealed partial class KeyFollower(
    ControlPlaneClient controlPlane, ApiKeyRing ring, IOptions<InferenceOptions> inference, IOptions<ControlPlaneOptions> options, TimeProvider time, ILogger<KeyFollower> logger)
    : BackgroundService
{
    private readonly string _file = Path.Combine(inference.Value.Folder, "keys.json");
    private string? _kept;
    private bool _away;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Url is null) return;
        Recall();
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(inference.Value.KeySeconds), time);
        do
        {
            await FollowAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        try
        {
            var keys = await controlPlane.GetKeysAsync(cancellationToken);
            var text = JsonSerializer.Serialize(keys, XrayJson.Compact);
            if (text != _kept)
            {
                ring.Replace("registry", keys.Keys);
                Directory.CreateDirectory(inference.Value.Folder);
                OwnerFile.Write(_file, text);
                _kept = text;
            }
            _away = false;
        }
        // Anything: an answer that is no good must not stop the service of those who are known.
        catch (Exception problem) when (problem is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            if (!_away) LogAway(problem.Message);
            _away = true;
        }
    }

    private void Recall()
    {
        try
        {
            if (!File.Exists(_file)) return;
            _kept = File.ReadAllText(_file);
            ring.Replace("registry", JsonSerializer.Deserialize<ApiKeyVerifiers>(_kept, XrayJson.Compact)!.Keys);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or JsonException or FormatException)
        {
            LogNotRecalled(problem, _file);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The control plane does not tell its keys ({Reason}); those that are known count on")]
    private partial void LogAway(string reason);

    [LoggerMessage(2, LogLevel.Warning, "The keys that were kept in {File} cannot be read; none of the registry's is known until the control plane tells them")]
    private partial void LogNotRecalled(Exception problem, string file);
}
