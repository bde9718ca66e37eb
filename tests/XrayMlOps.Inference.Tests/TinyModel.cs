using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using XrayMlOps.Core;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Models;
using XrayMlOps.Core.Preprocessing;

namespace XrayMlOps.Inference.Tests;

/// <summary>
/// The smallest network with the platform's contract, written as ONNX by hand:
/// <c>softmax(mean(film) * Weights + Bias)</c>. A test can compute its answer itself, and tell two models apart by their answers.
/// </summary>
internal sealed record TinyModel
{
    public float[] Weights { get; init; } = [2f, -1f, 0.5f];

    public float[] Bias { get; init; } = [0f, 0f, 0f];

    public PreprocessingSpec Preprocessing { get; init; } = new() { Height = 32, Width = 48 };

    public string InputName { get; init; } = ModelMetadata.FilmsInput;

    /// <summary>What the graph says of its input; by default what <see cref="Preprocessing"/> says.</summary>
    public int? InputHeight { get; init; }

    /// <summary>
    /// Whether it has a class activation, <c>[N, 3, H / 8, W / 8]</c>: the mean of each 8 x 8 pixels times the class's weight, where that is positive.
    /// </summary>
    public bool Explains { get; init; }

    /// <summary>Added to the metadata; a null value takes the key away.</summary>
    public IReadOnlyDictionary<string, string?> Metadata { get; init; } = new Dictionary<string, string?>();

    /// <summary>Probabilities for a film whose grey values have that mean, 0 to 1.</summary>
    public double[] Expected(double mean)
    {
        var powers = Weights.Zip(Bias, (weight, bias) => Math.Exp(mean * weight + bias)).ToArray();
        return [.. powers.Select(power => power / powers.Sum())];
    }

    public byte[] ToOnnx()
    {
        var graph = new Message()
            .Add(1, Node("GlobalAveragePool", [InputName], "mean"))
            .Add(1, Node("Flatten", ["mean"], "flat"))
            .Add(1, Node("Gemm", ["flat", "weights", "bias"], ModelMetadata.LogitsOutput))
            .Add(1, Node("Softmax", [ModelMetadata.LogitsOutput], ModelMetadata.ProbabilitiesOutput))
            .Add(2, "tiny")
            .Add(5, Floats("weights", [1, Weights.Length], Weights))
            .Add(5, Floats("bias", [Bias.Length], Bias))
            .Add(11, Tensor(InputName, null, 1, InputHeight ?? Preprocessing.Height, Preprocessing.Width))
            .Add(12, Tensor(ModelMetadata.ProbabilitiesOutput, null, ImageLabels.Count))
            .Add(12, Tensor(ModelMetadata.LogitsOutput, null, ImageLabels.Count));
        if (Explains) AddClassActivation(graph);
        var model = new Message().Add(1, 8).Add(8, new Message().Add(1, "").Add(2, 17)).Add(7, graph);
        foreach (var (key, value) in AllMetadata()) model.Add(14, new Message().Add(1, key).Add(2, value));
        return model.ToArray();
    }

    /// <summary>An ONNX If on an input that has a default, as the exporter writes it.</summary>
    private void AddClassActivation(Message graph)
    {
        const int boolean = 9, ints = 7, subgraph = 5;
        var eight = new Message().Add(8, 8).Add(8, 8).Add(20, ints);
        var then = new Message()
            .Add(1, Node("AveragePool", [InputName], "blocks").Add(5, new Message().Add(1, "kernel_shape").Add(eight)).Add(5, new Message().Add(1, "strides").Add(eight)))
            .Add(1, Node("Mul", ["blocks", "columns"], "weighted"))
            .Add(1, Node("Relu", ["weighted"], "map"))
            .Add(2, "then").Add(5, Floats("columns", [1, Weights.Length, 1, 1], Weights)).Add(12, Tensor("map", null, null, null, null));
        var otherwise = new Message()
            .Add(1, Node("Identity", ["none"], "nothing"))
            .Add(2, "else").Add(5, Floats("none", [0, 3, 0, 0], [])).Add(12, Tensor("nothing", null, null, null, null));
        graph
            .Add(1, Node("If", [ModelMetadata.ExplainInput], ModelMetadata.ClassActivationOutput)
                .Add(5, new Message().Add(1, "then_branch").Add(6, then).Add(20, subgraph))
                .Add(5, new Message().Add(1, "else_branch").Add(6, otherwise).Add(20, subgraph)))
            .Add(5, new Message().Add(2, boolean).Add(8, ModelMetadata.ExplainInput).Add(9, [0]))
            .Add(11, new Message().Add(1, ModelMetadata.ExplainInput).Add(2, new Message().Add(1, new Message().Add(1, boolean).Add(2, new Message()))))
            .Add(12, Tensor(ModelMetadata.ClassActivationOutput, null, null, null, null));
    }

    private Dictionary<string, string> AllMetadata()
    {
        var all = new Dictionary<string, string>
        {
            [ModelMetadata.Preprocessing] = JsonSerializer.Serialize(Preprocessing, XrayJson.Compact),
            [ModelMetadata.PreprocessingHash] = Preprocessing.Hash(),
            [ModelMetadata.Labels] = JsonSerializer.Serialize(ImageLabels.Names, XrayJson.Compact),
        };
        if (Explains) all[ModelMetadata.Explanation] = ModelMetadata.ClassActivationMap;
        foreach (var (key, value) in Metadata)
        {
            if (value is null) all.Remove(key);
            else all[key] = value;
        }
        return all;
    }

    private static Message Node(string type, string[] inputs, string output)
    {
        var node = new Message();
        foreach (var input in inputs) node.Add(1, input);
        return node.Add(2, output).Add(4, type);
    }

    private static Message Floats(string name, int[] shape, float[] values)
    {
        var tensor = new Message();
        foreach (var length in shape) tensor.Add(1, length);
        var raw = new byte[values.Length * sizeof(float)];
        foreach (var (index, value) in values.Index()) BinaryPrimitives.WriteSingleLittleEndian(raw.AsSpan(index * sizeof(float)), value);
        return tensor.Add(2, 1).Add(8, name).Add(9, raw);
    }

    /// <summary>A float tensor's declaration; null is the open batch dimension.</summary>
    private static Message Tensor(string name, params int?[] shape)
    {
        var dimensions = new Message();
        foreach (var length in shape) dimensions.Add(1, length is { } known ? new Message().Add(1, known) : new Message().Add(2, "N"));
        return new Message().Add(1, name).Add(2, new Message().Add(1, new Message().Add(1, 1).Add(2, dimensions)));
    }

    /// <summary>A protobuf message: fields by number, varint or length-delimited.</summary>
    private sealed class Message
    {
        private readonly MemoryStream _bytes = new();

        public Message Add(int field, int value)
        {
            Varint((uint)field << 3);
            Varint((uint)value);
            return this;
        }

        public Message Add(int field, byte[] content)
        {
            Varint((uint)field << 3 | 2);
            Varint((uint)content.Length);
            _bytes.Write(content);
            return this;
        }

        public Message Add(int field, string text) => Add(field, Encoding.UTF8.GetBytes(text));

        public Message Add(int field, Message message) => Add(field, message.ToArray());

        /// <summary>The fields of another message.</summary>
        public Message Add(Message fields)
        {
            _bytes.Write(fields.ToArray());
            return this;
        }

        public byte[] ToArray() => _bytes.ToArray();

        private void Varint(uint value)
        {
            for (; value >= 0x80; value >>= 7) _bytes.WriteByte((byte)(value | 0x80));
            _bytes.WriteByte((byte)value);
        }
    }
}
