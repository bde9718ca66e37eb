using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace XrayMlOps.Infra.Tests;

/// <summary>A YAML document, its anchors and merges resolved, read by paths such as <c>services/worker/image</c>.</summary>
internal sealed class YamlFile
{
    private readonly object? _content;

    private YamlFile(object? content) => _content = content;

    public static YamlFile Read(string path) =>
        new(new DeserializerBuilder().Build().Deserialize<object>(new MergingParser(new Parser(new StringReader(RepositoryFiles.Read(path))))));

    /// <summary>Text, number or truth value as written; null if there is none.</summary>
    public string? Text(string path) => Find(path) as string;

    public IReadOnlyList<string> Keys(string path) => Find(path) is IDictionary<object, object> map ? [.. map.Keys.Select(key => (string)key)] : [];

    public IReadOnlyList<string> List(string path) => Find(path) is List<object> list ? [.. list.Select(item => item as string ?? "")] : [];

    /// <summary>Text by name.</summary>
    public IReadOnlyDictionary<string, string> Map(string path) =>
        Keys(path).ToDictionary(key => key, key => Text($"{path}/{key}") ?? throw new FormatException($"{path}/{key} is no text."));

    public bool Has(string path) => Find(path) is not null;

    private object? Find(string path)
    {
        var at = _content;
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
            at = at is IDictionary<object, object> map && map.TryGetValue(name, out var inner) ? inner : null;
        return at;
    }
}
