using System.ComponentModel.DataAnnotations;

namespace XrayMlOps.ServiceDefaults;

/// <summary>Section <c>Shutdown</c>: how a host ends that is asked to.</summary>
public sealed class ShutdownOptions
{
    public const string Section = "Shutdown";

    /// <summary>
    /// Seconds, 0 to 20, for which a host that is asked to end still takes requests while <c>/health</c> answers 503, so that a load balancer looks elsewhere
    /// first. Behind one, more than the time between two of its probes.
    /// </summary>
    [Range(0, 20)]
    public double DrainSeconds { get; set; }

    /// <summary>From the request to end until requests under way are given up: just less than the 30 seconds after which Container Apps and Kubernetes kill.</summary>
    internal static readonly TimeSpan TimeToEnd = TimeSpan.FromSeconds(28);
}
