namespace XrayMlOps.InferenceApi.OpenInference;

/// <summary>A request of the Open Inference Protocol that cannot be answered; each transport turns it into its own form in one place.</summary>
/// <param name="status">As an HTTP status.</param>
/// <param name="message">What was wrong, where, and what to do about it.</param>
/// <param name="retryAfter">Seconds after which to try again; null if that is of no use.</param>
internal sealed class InferException(int status, string message, int? retryAfter = null) : Exception(message)
{
    public int Status { get; } = status;

    public int? RetryAfter { get; } = retryAfter;

    public static InferException Bad(string message) => new(StatusCodes.Status400BadRequest, message);
}
