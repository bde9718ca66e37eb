using Google.Protobuf;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Onnx;

/// <summary>Builds a graph of float32 tensors whose first dimension, except that of constants, is the number of films.</summary>
internal sealed class OnnxGraph(string name)
{
    private const int Float32 = 1;

    public GraphProto Proto { get; } = new() { Name = name };

    public void Input(string name, ReadOnlySpan<long> shape) => Proto.Input.Add(Value(name, shape));

    public void Output(string name, ReadOnlySpan<long> shape) => Proto.Output.Add(Value(name, shape));

    public void Constant(string name, Tensor values)
    {
        using var scope = NewDisposeScope();
        Constant(name, values.shape, ByteString.CopyFrom(values.detach().cpu().contiguous().bytes));
    }

    public void Constant(string name, long[] shape, params ReadOnlySpan<float> values) =>
        Constant(name, shape, ByteString.CopyFrom(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values)));

    /// <summary>Adds a node and returns the name of its one output.</summary>
    public string Node(string type, string output, IEnumerable<string> inputs, params ReadOnlySpan<AttributeValue> attributes)
    {
        var node = new NodeProto { OpType = type, Name = output, Input = { inputs }, Output = { output } };
        foreach (var attribute in attributes) node.Attribute.Add(attribute.Proto);
        Proto.Node.Add(node);
        return output;
    }

    private void Constant(string name, long[] shape, ByteString bytes) =>
        Proto.Initializer.Add(new TensorProto { Name = name, Dims = { shape }, DataType = Float32, RawData = bytes });

    private static ValueInfoProto Value(string name, ReadOnlySpan<long> shape)
    {
        var dimensions = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "N" } } };
        foreach (var side in shape) dimensions.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = side });
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = Float32, Shape = dimensions } } };
    }
}

/// <summary>A node's attribute, from a name and a number or list of numbers.</summary>
internal readonly record struct AttributeValue(AttributeProto Proto)
{
    public static implicit operator AttributeValue((string Name, int Value) attribute) =>
        new(new AttributeProto { Name = attribute.Name, I = attribute.Value, Type = AttributeProto.Types.AttributeType.Int });

    public static implicit operator AttributeValue((string Name, float Value) attribute) =>
        new(new AttributeProto { Name = attribute.Name, F = attribute.Value, Type = AttributeProto.Types.AttributeType.Float });

    public static implicit operator AttributeValue((string Name, long[] Values) attribute) =>
        new(new AttributeProto { Name = attribute.Name, Ints = { attribute.Values }, Type = AttributeProto.Types.AttributeType.Ints });
}
