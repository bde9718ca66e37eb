using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using XrayMlOps.Core;
using XrayMlOps.Core.Access;
using XrayMlOps.Core.Runs;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Platform.Tests;

/// <summary>Secrets are planted wherever hosts are given any; then everything that hosts say is searched for them.</summary>
public sealed class SecretsTests
{
    // Words that occur nowhere else.
    private const string DatabasePassword = "planted-database-password-8f2c", PseudonymSecret = "planted-pseudonym-secret-5d1e";
    private const string AdminKey = "planted-admin-key-0123456789abcdef", ServiceKey = "planted-service-key-0123456789abcdef";
    private const string WrongKey = "planted-wrong-key-0123456789abcdef", Token = "eyJhbGciOiJub25lIn0.planted-token-payload.planted-signature";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Secrets_are_in_no_log_trace_argument_answer_or_audit_entry()
    {
        using OtlpListener telemetry = new();
        await using var postgres = await PostgresServer.StartAsync(Cancellation);
        await using var azurite = await AzuriteServer.StartAsync(Cancellation);
        var data = Directory.CreateTempSubdirectory("xray-secrets-");
        var accountKey = azurite.ConnectionString.Split("AccountKey=")[1].Split(';')[0];
        List<string> secrets = [DatabasePassword, PseudonymSecret, AdminKey, ServiceKey, WrongKey, Token, accountKey];
        StringBuilder answers = new();
        HashSet<string> arguments = [];

        Dictionary<string, string> stores = new()
        {
            ["ConnectionStrings__registry"] = $"{await postgres.CreateDatabaseAsync(Cancellation)};Password={DatabasePassword}",
            ["ConnectionStrings__blobs"] = azurite.ConnectionString,
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = telemetry.Address.OriginalString,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        };
        await using TalkativeHost controlPlane = new("XrayMlOps.ControlPlane", new Dictionary<string, string>(stores)
        {
            ["ControlPlane__PseudonymSecret"] = PseudonymSecret,
            ["ControlPlane__ScratchFolder"] = Path.Combine(data.FullName, "scratch"),
            ["Authentication__Keys__admin__Secret"] = AdminKey,
            ["Authentication__Keys__admin__Role"] = "admin",
            ["Authentication__Keys__inference__Secret"] = ServiceKey,
            ["Authentication__Keys__inference__Role"] = "service",
        });
        await controlPlane.ReadyAsync(Cancellation);
        await using TalkativeHost worker = new("XrayMlOps.Worker", new Dictionary<string, string>(stores) { ["Worker__Folder"] = Path.Combine(data.FullName, "work") });
        await using TalkativeHost inference = new("XrayMlOps.InferenceApi", new Dictionary<string, string>
        {
            ["Inference__Folder"] = Path.Combine(data.FullName, "models"),
            ["ControlPlane__Url"] = controlPlane.Address.OriginalString,
            ["ControlPlane__ApiKey"] = ServiceKey,
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = telemetry.Address.OriginalString,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        });
        await worker.ReadyAsync(Cancellation);
        await inference.ReadyAsync(Cancellation);

        // A key that the registry makes is a secret too; its own answer is the one place for it.
        using HttpClient admin = new() { BaseAddress = controlPlane.Address, DefaultRequestHeaders = { { "X-API-Key", AdminKey } } };
        var issued = await PostAsync<IssuedKeyResponse>(admin, "/api/keys", new CreateKeyRequest("caller", Role.Caller));
        var rotated = await PostAsync<IssuedKeyResponse>(admin, $"/api/keys/{issued.Issued.Id}/rotate", new RotateKeyRequest());
        secrets.AddRange([SecretPart(issued.Key), SecretPart(rotated.Key)]);

        // A run, so that a trainer is started.
        var films = Path.Combine(data.FullName, "films");
        await XrayAsync(controlPlane.Address, "phantoms", films, "--films", "8");
        await XrayAsync(controlPlane.Address, "dataset", "push", films, "--name", "phantoms");
        await XrayAsync(controlPlane.Address, "train", "--dataset", "phantoms@1", "--arch", "phantom_net", "--epochs", "2", "--threads", "1", "--register", "chest-xray", "--alias", "champion");
        for (var state = RunState.Queued; state != RunState.Succeeded; await Task.Delay(20, Cancellation))
        {
            foreach (var process in Directory.EnumerateDirectories("/proc").Where(process => char.IsAsciiDigit(Path.GetFileName(process)[0]))) arguments.Add(ArgumentsOf(process));
            var run = (await admin.GetFromJsonAsync<RunResponse>("/api/runs/1", XrayJson.Compact, Cancellation))!;
            Assert.False(run.State is RunState.Failed or RunState.Cancelled, run.Reason);
            state = run.State;
        }
        Assert.Contains(arguments, words => words.Contains("XrayMlOps.Trainer", StringComparison.Ordinal));

        // Whoever is not let in, and what is not understood, by every host.
        foreach (var host in (TalkativeHost[])[controlPlane, worker, inference])
        {
            foreach (var path in (string[])["/api/runs", "/v1/model", "/v2/models/chest-xray", "/v1/predict", "/api/keys", "/hangfire", "/health", "/nowhere"])
            {
                foreach (var credentials in (AuthenticationHeaderValue[])[new("Bearer", WrongKey), new("Bearer", Token), new("Bearer", AdminKey), new("Bearer", rotated.Key)])
                {
                    await AskAsync(HttpMethod.Get, host.Address, path, credentials);
                    await AskAsync(HttpMethod.Post, host.Address, path, credentials);
                }
            }
        }
        // Stores that go away: what hosts say of it names neither.
        await azurite.StopAsync();
        await AskAsync(HttpMethod.Get, controlPlane.Address, $"/api/blobs/{new string('a', 64)}", new("Bearer", AdminKey));
        await azurite.RestartAsync(Cancellation);
        await postgres.StopAsync();
        await AskAsync(HttpMethod.Get, controlPlane.Address, "/api/runs", new("Bearer", AdminKey));
        await Task.Delay(TimeSpan.FromSeconds(3), Cancellation);
        await postgres.RestartAsync(Cancellation);
        var audit = await admin.GetStringAsync("/api/audit?limit=200", Cancellation);
        foreach (var host in (TalkativeHost[])[inference, worker, controlPlane]) await host.StopAsync();

        Assert.Contains("/api/keys", audit, StringComparison.Ordinal);
        Assert.NotEmpty(telemetry.Of("traces"));
        Assert.NotEmpty(telemetry.Of("logs"));
        Assert.Contains("dbug", controlPlane.Said, StringComparison.Ordinal);
        foreach (var secret in secrets)
        {
            foreach (var (where, text) in (IEnumerable<(string, string)>)
            [
                ("the control plane's log", controlPlane.Said), ("the worker's log", worker.Said), ("the inference API's log", inference.Said),
                ("an answer", answers.ToString()), ("the audit log", audit), ("a process's arguments", string.Join('\n', arguments)),
            ])
                Assert.False(text.Contains(secret, StringComparison.Ordinal), $"{where} holds {secret}: {Around(text, secret)}");
            foreach (var signal in (string[])["traces", "logs", "metrics"])
                Assert.False(telemetry.Of(signal).Any(export => export.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)) >= 0), $"exported {signal} hold {secret}");
        }
        data.Delete(recursive: true);

        async Task AskAsync(HttpMethod method, Uri host, string path, AuthenticationHeaderValue credentials)
        {
            using HttpClient http = new();
            using HttpRequestMessage request = new(method, new Uri(host, path)) { Headers = { Authorization = credentials } };
            if (method == HttpMethod.Post) request.Content = new StringContent("{ this is no JSON", Encoding.UTF8, "application/json");
            using var answer = await http.SendAsync(request, Cancellation);
            answers.AppendLine(answer.Headers.ToString()).AppendLine(await answer.Content.ReadAsStringAsync(Cancellation));
        }
    }

    private static async Task XrayAsync(Uri server, params string[] words)
    {
        var (exitCode, output, errors) = await XrayProgram.RunAsync(server, AdminKey, words);
        Assert.True(exitCode == 0, $"xray {string.Join(' ', words)} ended with {exitCode}: {errors}{output}");
    }

    private static async Task<T> PostAsync<T>(HttpClient http, string path, object body)
    {
        using var answer = await http.PostAsJsonAsync(path, body, XrayJson.Compact, Cancellation);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
        return JsonSerializer.Deserialize<T>(await answer.Content.ReadAsStringAsync(Cancellation), XrayJson.Compact)!;
    }

    /// <summary>A key names itself before its secret.</summary>
    private static string SecretPart(string key) => key.Split('_', 3)[2];

    /// <summary>Empty once the process has ended.</summary>
    private static string ArgumentsOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline")).Replace('\0', ' ');
        }
        catch (Exception ended) when (ended is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string Around(string text, string secret)
    {
        var at = text.IndexOf(secret, StringComparison.Ordinal);
        return text[Math.Max(0, at - 300)..Math.Min(text.Length, at + 100)];
    }
}
