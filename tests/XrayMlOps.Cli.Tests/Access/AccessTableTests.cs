using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using XrayMlOps.Core.Access;

namespace XrayMlOps.Cli.Tests.Access;

public sealed partial class AccessTableTests
{
    private const string Table = "access.txt";

    /// <summary>
    /// Who may do what is a promise: a change of it shows in the diff of <c>access.txt</c>. After a change that is meant, run this test with XRAY_ACCEPT_ACCESS=1 and
    /// commit the file. Every request has a path and a body that lead nowhere: who gets in is answered 400 or 404 where there is nothing to see.
    /// </summary>
    [Fact]
    public async Task Answers_to_every_kind_of_caller_equal_the_committed_table()
    {
        await using var host = await AccessHost.StartAsync();
        List<(string Name, string? Bearer)> callers =
        [
            ("none", null),
            .. Enum.GetNames<Role>().Select(role => role.ToLowerInvariant()).Select(role => (role, (string?)AccessHost.KeyOf(role))),
            ("token", host.Issuer.Token()),
            ("no-role", host.Issuer.Token(role: "stranger")),
            ("unknown", "xray_0123456789ab_that-nobody-has"),
            ("expired", AccessHost.KeyOf("expired")),
            ("revoked", await host.RevokedKeyAsync()),
            ("past", host.Issuer.Token(expired: true)),
            ("audience", host.Issuer.Token(audience: "api://another")),
            ("issuer", host.Issuer.Token(issuer: "https://another.example")),
            ("signature", host.Issuer.Token(otherKey: true)),
            ("hmac", host.Issuer.SignedWithPublicKey()),
            ("alg-none", host.Issuer.Unsigned()),
        ];
        var endpoints = host.Endpoints
            .Where(endpoint => !endpoint.RoutePattern.RawText!.Contains("GRPC", StringComparison.Ordinal)) // has a test of its own
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(method => (Method: method, Endpoint: endpoint)))
            .OrderBy(row => row.Endpoint.RoutePattern.RawText, StringComparer.Ordinal).ThenBy(row => row.Method, StringComparer.Ordinal).ToArray();
        var clients = callers.Select(caller => host.Client(caller.Bearer)).ToArray();
        var rows = await Task.WhenAll(endpoints.Select(async row => (row.Method, Path: Pattern(row.Endpoint), Answers: await AnswersAsync(clients, row.Method, row.Endpoint))));
        foreach (var client in clients) client.Dispose();

        await DocumentedAsync(host, [.. rows.Select(row => $"{row.Method} {row.Path}")]);
        var width = rows.Max(row => row.Path.Length) + 2;
        StringBuilder actual = new();
        actual.Append("".PadRight(8 + width)).AppendJoin("  ", callers.Select(caller => caller.Name)).Append('\n');
        foreach (var row in rows)
        {
            actual.Append(row.Method.PadRight(8)).Append(row.Path.PadRight(width))
                .AppendJoin("  ", row.Answers.Zip(callers, (status, caller) => status.ToString(CultureInfo.InvariantCulture).PadLeft(caller.Name.Length))).Append('\n');
        }

        if (Environment.GetEnvironmentVariable("XRAY_ACCEPT_ACCESS") == "1")
            await File.WriteAllTextAsync(Path.Combine(SourceFolder(), Table), actual.ToString(), TestContext.Current.CancellationToken);
        else
            Assert.Equal(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Access", Table), TestContext.Current.CancellationToken), actual.ToString());
    }

    private static async Task<int[]> AnswersAsync(IEnumerable<HttpClient> clients, string method, RouteEndpoint endpoint)
    {
        List<int> answers = [];
        foreach (var client in clients)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), Nowhere(endpoint));
            if (method is not ("GET" or "DELETE"))
            {
                request.Content = new StringContent("[");
                request.Content.Headers.ContentType = new(endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.ContentTypes[0] ?? "application/json");
            }
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            answers.Add((int)response.StatusCode);
        }
        return [.. answers];
    }

    /// <summary>Asserts that no operation of the OpenAPI document is missing from the table.</summary>
    private static async Task DocumentedAsync(AccessHost host, HashSet<string> asked)
    {
        using var admin = host.Client(AccessHost.KeyOf("admin"));
        var paths = JsonNode.Parse(await admin.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken))!["paths"]!.AsObject();
        var documented = paths.SelectMany(path => path.Value!.AsObject().Select(operation => $"{operation.Key.ToUpperInvariant()} {path.Key}")).ToArray();
        Assert.NotEmpty(documented);
        Assert.Empty(documented.Except(asked));
    }

    /// <summary>As the OpenAPI document writes it.</summary>
    private static string Pattern(RouteEndpoint endpoint)
    {
        var path = Constraint().Replace($"/{endpoint.RoutePattern.RawText!.TrimStart('/')}", "");
        return path.Length > 1 ? path.TrimEnd('/') : path;
    }

    private static string Nowhere(RouteEndpoint endpoint) => Parameter().Replace(
        endpoint.RoutePattern.RawText!,
        parameter => parameter.Value.Contains(":int", StringComparison.Ordinal) ? "999999" : parameter.Value switch
        {
            "{digest}" => new string('0', 64),
            "{documentName}" => "v1",
            ['{', '*', ..] => "",
            _ => "nobody",
        });

    [GeneratedRegex(@":int(?=\})")]
    private static partial Regex Constraint();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();

    private static string SourceFolder([CallerFilePath] string thisFile = "") => Path.GetDirectoryName(thisFile)!;
}
