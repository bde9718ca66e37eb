using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace XrayMlOps.ServiceDefaults.Access;

/// <summary>Configuration section <c>RateLimits</c>: what one caller may ask, so that it leaves room for the others. Above it the answer is 429 with <c>Retry-After</c>.</summary>
public sealed class RateLimitOptions
{
    public const string Section = "RateLimits";

    /// <summary>Requests a second of a caller that is known, on average, 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int PerSecond { get; set; } = 5_000;

    /// <summary>Requests at once of a caller that asked for nothing a while, 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int Burst { get; set; } = 20_000;

    /// <summary>Requests a second of all who are not known at one address, on average, 1 to 1,000,000. Probes do not count.</summary>
    [Range(1, 1_000_000)]
    public int AnonymousPerSecond { get; set; } = 50;

    /// <summary>Requests at once of all who are not known at one address, 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int AnonymousBurst { get; set; } = 500;
}

/// <summary>A bucket of tokens for each caller, and one for each address that strangers ask from.</summary>
internal sealed class RateLimits(IOptions<RateLimitOptions> options) : IConfigureOptions<RateLimiterOptions>
{
    public void Configure(RateLimiterOptions limiter)
    {
        // Made once, so that a request allocates nothing for them.
        var (known, stranger) = (Bucket(options.Value.PerSecond, options.Value.Burst), Bucket(options.Value.AnonymousPerSecond, options.Value.AnonymousBurst));
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => (context.Features.Get<Admitted>()?.Caller ?? context.User.Id()) switch
        {
            { } caller => RateLimitPartition.Get(caller, known),
            null when IsProbe(context.Request.Path) => RateLimitPartition.GetNoLimiter("probe"),
            null => RateLimitPartition.Get(context.Connection.RemoteIpAddress?.ToString() ?? "", stranger),
        });
        limiter.OnRejected = (rejected, _) => new ValueTask(RefuseAsync(rejected.HttpContext, rejected.Lease));
    }

    public static Task RefuseAsync(HttpContext context, RateLimitLease lease)
    {
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? (int)Math.Ceiling(after.TotalSeconds) : 1;
        context.Response.Headers.RetryAfter = Math.Max(1, wait).ToString(CultureInfo.InvariantCulture);
        return context.RefuseAsync(
            StatusCodes.Status429TooManyRequests, "This caller asks for more than its share: ask again after the seconds of Retry-After.", GrpcStatus.ResourceExhausted);
    }

    private static Func<string, RateLimiter> Bucket(int perSecond, int burst)
    {
        TokenBucketRateLimiterOptions bucket = new()
        {
            TokenLimit = burst,
            TokensPerPeriod = perSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
            AutoReplenishment = false, // the partitioned limiter does it for all of them
        };
        return _ => new TokenBucketRateLimiter(bucket);
    }

    private static bool IsProbe(PathString path) => path.Value is "/health" or "/alive" or "/v2/health/live" or "/v2/health/ready";
}
