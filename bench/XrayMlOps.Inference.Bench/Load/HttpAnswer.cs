namespace XrayMlOps.Inference.Bench.Load;

/// <summary>What came back. The body lies in the connection's buffer, and is gone with the next exchange.</summary>
/// <param name="jsonLength">Value of <c>Inference-Header-Content-Length</c>; -1 without that header.</param>
internal readonly ref struct HttpAnswer(int status, bool hasRetryAfter, int jsonLength, ReadOnlySpan<byte> body)
{
    public int Status { get; } = status;

    public bool HasRetryAfter { get; } = hasRetryAfter;

    public int JsonLength { get; } = jsonLength;

    public ReadOnlySpan<byte> Body { get; } = body;
}
