using System.Text.Json.Serialization;

namespace XrayMlOps.InferenceApi.OpenInference;

internal sealed record LiveMessage([property: JsonPropertyName("live")] bool Live);

internal sealed record ReadyMessage([property: JsonPropertyName("ready")] bool Ready);

internal sealed record ModelReadyMessage([property: JsonPropertyName("name")] string Name, [property: JsonPropertyName("ready")] bool Ready);

internal sealed record ServerMessage(
    [property: JsonPropertyName("name")] string Name, [property: JsonPropertyName("version")] string Version,
    [property: JsonPropertyName("extensions")] IReadOnlyList<string> Extensions);

internal sealed record ModelMessage(
    [property: JsonPropertyName("name")] string Name, [property: JsonPropertyName("versions")] IReadOnlyList<string> Versions,
    [property: JsonPropertyName("platform")] string Platform,
    [property: JsonPropertyName("inputs")] IReadOnlyList<TensorMessage> Inputs, [property: JsonPropertyName("outputs")] IReadOnlyList<TensorMessage> Outputs);

/// <param name="Shape">-1: any length.</param>
internal sealed record TensorMessage(
    [property: JsonPropertyName("name")] string Name, [property: JsonPropertyName("datatype")] string Datatype,
    [property: JsonPropertyName("shape")] IReadOnlyList<long> Shape);

/// <param name="State"><c>READY</c> or <c>UNAVAILABLE</c>, as Triton writes it.</param>
internal sealed record RepositoryModelMessage(
    [property: JsonPropertyName("name")] string Name, [property: JsonPropertyName("version")] string Version,
    [property: JsonPropertyName("state")] string State, [property: JsonPropertyName("reason")] string Reason);

internal sealed record RepositoryIndexQuery([property: JsonPropertyName("ready")] bool Ready);

internal sealed record ErrorMessage([property: JsonPropertyName("error")] string Error);

[JsonSerializable(typeof(LiveMessage))]
[JsonSerializable(typeof(ReadyMessage))]
[JsonSerializable(typeof(ModelReadyMessage))]
[JsonSerializable(typeof(ServerMessage))]
[JsonSerializable(typeof(ModelMessage))]
[JsonSerializable(typeof(IReadOnlyList<RepositoryModelMessage>))]
[JsonSerializable(typeof(RepositoryIndexQuery))]
[JsonSerializable(typeof(ErrorMessage))]
internal sealed partial class OpenInferenceJson : JsonSerializerContext;
