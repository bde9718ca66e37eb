using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Logging;
using Polly;

namespace XrayMlOps.ServiceDefaults;

/// <summary>What every HTTP client of a host does: finds services by the names that Aspire gives them, and tries again where that is safe.</summary>
internal static class OutgoingRequests
{
    /// <summary>
    /// Up to three attempts of 10 s each for what only reads; other methods have one, for who sends them knows whether they may come twice. The limits count
    /// until the headers of the answer are there, so that a large body may take its time.
    /// </summary>
    public static void AddOutgoingRequests(this IHostApplicationBuilder builder)
    {
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(clients =>
        {
            clients.AddStandardResilienceHandler(resilience =>
            {
                resilience.Retry.MaxRetryAttempts = 2;
                // Short: whoever is in need of a service that is away for long asks again later, in a rhythm of its own.
                resilience.Retry.Delay = TimeSpan.FromMilliseconds(100);
                resilience.Retry.BackoffType = DelayBackoffType.Exponential;
                resilience.Retry.UseJitter = true;
                resilience.Retry.DisableForUnsafeHttpMethods();
            });
            clients.AddServiceDiscovery();
        });
        // Each attempt would be a line; who asked says what came of it.
        builder.Logging.AddFilter(nameof(Polly), LogLevel.Error);
    }
}
