using System.Net;
using System.Text;
using System.Text.Json;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Hosting;

namespace XrayMlOps.Cli.Registry;

/// <summary>The server's answer to a request that it refuses: its ProblemDetails (RFC 9457), made readable.</summary>
internal sealed class ServerProblem(HttpStatusCode status, string message) : Exception(message)
{
    /// <summary>Members that list what is wrong one by one: ASP.NET's own, and the control plane's.</summary>
    private static readonly string[] s_errorMembers = ["errors", "problems"];

    public HttpStatusCode Status { get; } = status;

    /// <summary>When the server would like to be asked again, if it says so.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    /// <summary>Digests of films that the server lacks, where it refuses for that.</summary>
    public IReadOnlyList<string> Missing { get; private init; } = [];

    public ExitCode ExitCode => Status switch
    {
        HttpStatusCode.NotFound or HttpStatusCode.Gone => ExitCode.NotFound,
        HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnsupportedMediaType or HttpStatusCode.UnprocessableEntity => ExitCode.BadInput,
        _ => ExitCode.Failed,
    };

    public static async Task<ServerProblem> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        var problem = Parse(body);
        return new ServerProblem(
            response.StatusCode,
            (Describe(problem) ?? $"The server answered {(int)response.StatusCode} {response.ReasonPhrase} to {response.RequestMessage?.RequestUri?.PathAndQuery}.")
                + (response.StatusCode == HttpStatusCode.Unauthorized ? $"\nTo xray, give it as {ApiKeyOption.Variable} or --api-key; the key of an 'xray up' on this machine is found in {DataFolder.Variable}." : ""))
        {
            RetryAfter = response.Headers.RetryAfter?.Delta,
            Missing = problem.ValueKind == JsonValueKind.Object && problem.TryGetProperty("missing", out var missing) ? [.. Errors(missing)] : [],
        };
    }

    /// <summary>The body as JSON; undefined if it is none.</summary>
    private static JsonElement Parse(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return default;
        }
    }

    /// <summary>The detail (or else the title) and every single error; null if it is no problem document.</summary>
    private static string? Describe(JsonElement problem)
    {
        if (problem.ValueKind != JsonValueKind.Object) return null;
        var text = new StringBuilder();
        var (title, detail) = (Text(problem, "title"), Text(problem, "detail"));
        text.Append(detail ?? title);
        foreach (var member in s_errorMembers)
        {
            if (!problem.TryGetProperty(member, out var errors)) continue;
            // The detail of such a problem may repeat its errors on one line: one line each reads better.
            var lines = Errors(errors).ToArray();
            if (lines is [_, _, ..] && lines.All(line => detail?.Contains(line, StringComparison.Ordinal) == true))
                text.Clear().Append("The server refuses:");
            if (lines is not [var only] || only != detail) text.AppendJoin("", lines.Select(line => $"\n  {line}"));
        }
        return text.Length > 0 ? text.ToString() : null;
    }

    private static string? Text(JsonElement problem, string name) =>
        problem.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : null;

    private static IEnumerable<string> Errors(JsonElement errors) => errors.ValueKind switch
    {
        JsonValueKind.String => [errors.GetString()!],
        JsonValueKind.Array => errors.EnumerateArray().SelectMany(Errors),
        JsonValueKind.Object =>
            errors.EnumerateObject().SelectMany(entry => Errors(entry.Value).Select(line => entry.Name.Length == 0 ? line : $"{entry.Name}: {line}")),
        _ => [],
    };
}
