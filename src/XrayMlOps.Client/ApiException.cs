using System.Globalization;

namespace XrayMlOps.Client;

/// <summary>The host answered, but not with what was asked for. A host that does not answer is an <see cref="HttpRequestException"/>.</summary>
public partial class ApiException
{
    /// <summary>What is wrong and what to do about it; null if something between here and the host answered in its place.</summary>
    public ProblemDetails? Problem => (this as ApiException<ProblemDetails>)?.Result;

    /// <summary>After how long to try again, where that may help: the service is busy, or the model is not served yet.</summary>
    public TimeSpan? RetryAfter =>
        Headers.TryGetValue("Retry-After", out var values) && int.TryParse(values.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : null;

    public override string Message => Problem is { Detail: { } detail } problem ? $"{problem.Title}: {detail}" : base.Message;
}
