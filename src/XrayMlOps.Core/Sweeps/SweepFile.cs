using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using XrayMlOps.Core.Architectures;

namespace XrayMlOps.Core.Sweeps;

/// <summary>A sweep as read from a file.</summary>
/// <param name="Dropped">Networks of its stacks that were left out, as a person should be told.</param>
public sealed record ReadSweep(SweepSpec Spec, IReadOnlyList<string> Dropped);

/// <summary>
/// A sweep as a person writes it (<c>models/sweeps/*.json</c>): a <see cref="SweepSpec"/> whose <c>architectures</c> may also be named, and whose
/// <c>stacks</c> (each a <see cref="LayerStacks"/>) add their combinations.
/// </summary>
public static class SweepFile
{
    private const string Architectures = "architectures";
    private const string Stacks = "stacks";

    // A misspelt member would silently search something else.
    private static readonly JsonSerializerOptions s_strict = new(XrayJson.Compact)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
    };

    /// <param name="find">Finds an architecture by a name or the path of a file.</param>
    /// <exception cref="JsonException">The file is no sweep; the message says where it is wrong. What its values say may still be unsound (see <see cref="SweepSpec.Problems"/>).</exception>
    public static ReadSweep Parse(string json, Func<string, Architecture> find)
    {
        var comments = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
        if (JsonNode.Parse(json, documentOptions: comments) is not JsonObject sweep) throw new JsonException("a sweep is an object: { \"name\": ..., \"architectures\": [...] }");
        var networks = ArrayOf(sweep, Architectures).Select(item => Resolve(item, find)).ToList();
        List<string> dropped = [];
        Dictionary<string, string> digests = new(StringComparer.Ordinal);
        foreach (var network in networks) digests.TryAdd(network.Digest(), network.Name);
        foreach (var network in ArrayOf(sweep, Stacks).SelectMany(item => Read<LayerStacks>(item).Expand()))
        {
            if (digests.TryAdd(network.Digest(), network.Name)) networks.Add(network);
            else dropped.Add($"{network.Name} has the layers of {digests[network.Digest()]}");
        }
        sweep.Remove(Stacks);
        sweep[Architectures] = JsonSerializer.SerializeToNode(networks, XrayJson.Compact);
        return new ReadSweep(Read<SweepSpec>(sweep), dropped);
    }

    private static IEnumerable<JsonNode?> ArrayOf(JsonObject sweep, string member) => sweep[member] switch
    {
        null => [],
        JsonArray items => items,
        _ => throw new JsonException($"{member}: must be a list"),
    };

    private static Architecture Resolve(JsonNode? item, Func<string, Architecture> find) => item switch
    {
        JsonValue value when value.TryGetValue<string>(out var name) => find(name),
        JsonObject network => Read<Architecture>(network),
        _ => throw new JsonException($"{Architectures}: each is a name, a file or a network, not {item?.ToJsonString() ?? "null"}"),
    };

    private static T Read<T>(JsonNode? json) => json.Deserialize<T>(s_strict) ?? throw new JsonException($"a {typeof(T).Name} is null");
}
