using Microsoft.Extensions.Options;

namespace XrayMlOps.InferenceApi.Models;

/// <summary>Has every served model followed, from the start of the host to its end.</summary>
internal sealed class ModelFollower(ServedModels models, IOptions<InferenceOptions> options, TimeProvider time) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await models.Champion.StartAsync(stoppingToken);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.Value.PollSeconds), time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await models.FollowAsync(stoppingToken);
    }
}
