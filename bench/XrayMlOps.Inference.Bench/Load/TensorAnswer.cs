using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace XrayMlOps.Inference.Bench.Load;

/// <summary>What the Open Inference Protocol says of one film.</summary>
/// <param name="Version">Of the model that answered.</param>
internal sealed record TensorAnswer(int Version, float[] Probabilities)
{
    /// <summary>Throws <see cref="InvalidDataException"/> if it is not one binary tensor from a numbered version.</summary>
    public static TensorAnswer Read(HttpAnswer answer)
    {
        try
        {
            using var json = JsonDocument.Parse(answer.Body[..answer.JsonLength].ToArray());
            var version = json.RootElement.GetProperty("model_version").GetString();
            var bytes = json.RootElement.GetProperty("outputs")[0].GetProperty("parameters").GetProperty("binary_data_size").GetInt32();
            return new TensorAnswer(int.Parse(version!, CultureInfo.InvariantCulture), MemoryMarshal.Cast<byte, float>(answer.Body.Slice(answer.JsonLength, bytes)).ToArray());
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException or InvalidOperationException or JsonException or KeyNotFoundException)
        {
            throw new InvalidDataException($"This is no answer of the Open Inference Protocol with a binary tensor: {Encoding.UTF8.GetString(answer.Body)}", failure);
        }
    }
}
