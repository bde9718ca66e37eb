using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using XrayMlOps.Core.Access;

namespace XrayMlOps.ServiceDefaults.Access;

/// <summary>Puts the keys of the configuration on the ring, and again whenever the configuration changes.</summary>
internal sealed partial class ConfiguredKeys(ApiKeyRing ring, IOptionsFactory<AccessOptions> options, IConfiguration configuration, ILogger<ConfiguredKeys> logger)
    : IHostedService, IDisposable
{
    private IDisposable? _changes;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Read();
        _changes = ChangeToken.OnChange(configuration.GetReloadToken, Reread);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _changes?.Dispose();

    private void Read() => ring.Replace("configuration", [.. options.Create(Options.DefaultName).Keys.Select(
        key => new ApiKeyVerifier(key.Key, key.Key, key.Value.Role!.Value, ApiKeyDigest.Of(key.Value.Secret).ToString(), key.Value.Expires))]);

    private void Reread()
    {
        try
        {
            Read();
        }
        catch (Exception problem) when (problem is OptionsValidationException or InvalidOperationException)
        {
            LogRefused(problem.Message);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The changed configuration of keys is not taken, those of before count on: {Problem}")]
    private partial void LogRefused(string problem);
}
