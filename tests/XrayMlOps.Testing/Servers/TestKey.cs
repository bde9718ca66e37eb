using System.Net.Http.Headers;

namespace XrayMlOps.Testing.Servers;

/// <summary>The API key, of an admin, that hosts of the tests and benchmarks declare and their clients send.</summary>
public static class TestKey
{
    public const string Text = "key-of-the-tests-0123456789";

    /// <summary>How a host's configuration declares it.</summary>
    public static IReadOnlyDictionary<string, string?> Settings { get; } = Declare("test", Text, "admin");

    /// <summary>The same as environment variables.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } = Settings.ToDictionary(setting => setting.Key.Replace(":", "__", StringComparison.Ordinal), setting => setting.Value!);

    /// <summary>The settings that declare a key.</summary>
    public static IReadOnlyDictionary<string, string?> Declare(string name, string key, string role) => new Dictionary<string, string?>
    {
        [$"Authentication:Keys:{name}:Secret"] = key,
        [$"Authentication:Keys:{name}:Role"] = role,
    };

    /// <summary>Has a client send it with every request.</summary>
    public static HttpClient WithTestKey(this HttpClient client)
    {
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Text);
        return client;
    }
}
