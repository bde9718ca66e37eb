using System.Runtime.InteropServices;
using Google.Protobuf;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Onnx;

/// <summary>Builds a graph, or a branch of one; a branch may use every value that was there before it.</summary>
internal sealed class OnnxGraph(string name)
{
    /// <summary>The length of a dimension that has an element a film.</summary>
    public const string Films = "N";

    private const int Float32 = 1;
    private const int Int64 = 7;
    private const int Bool = 9;

    public GraphProto Proto { get; } = new() { Name = name };

    /// <summary>A float32 tensor that every run is fed.</summary>
    public void Input(string name, params ReadOnlySpan<Side> shape) => Proto.Input.Add(Value(name, Float32, shape));

    /// <summary>A bool without dimensions that a run may be fed: an input with an initializer, which is what it is otherwise.</summary>
    public void Switch(string name, bool otherwise)
    {
        Proto.Input.Add(Value(name, Bool, []));
        Constant(name, Bool, [], MemoryMarshal.AsBytes([otherwise]));
    }

    /// <summary>A float32 tensor.</summary>
    public void Output(string name, params ReadOnlySpan<Side> shape) => Proto.Output.Add(Value(name, Float32, shape));

    public string Constant(string name, Tensor values)
    {
        using var scope = NewDisposeScope();
        return Constant(name, Float32, values.shape, values.detach().cpu().contiguous().bytes);
    }

    public string Constant(string name, long[] shape, params ReadOnlySpan<float> values) => Constant(name, Float32, shape, MemoryMarshal.AsBytes(values));

    /// <summary>A list of lengths or of dimensions, as operators take them.</summary>
    public string Integers(string name, params ReadOnlySpan<long> values) => Constant(name, Int64, [values.Length], MemoryMarshal.AsBytes(values));

    /// <summary>Adds a node and returns the name of its one output.</summary>
    public string Node(string type, string output, IEnumerable<string> inputs, params ReadOnlySpan<AttributeValue> attributes)
    {
        var node = new NodeProto { OpType = type, Name = output, Input = { inputs }, Output = { output } };
        foreach (var attribute in attributes) node.Attribute.Add(attribute.Proto);
        Proto.Node.Add(node);
        return output;
    }

    private string Constant(string name, int type, long[] shape, ReadOnlySpan<byte> bytes)
    {
        Proto.Initializer.Add(new TensorProto { Name = name, Dims = { shape }, DataType = type, RawData = ByteString.CopyFrom(bytes) });
        return name;
    }

    private static ValueInfoProto Value(string name, int type, ReadOnlySpan<Side> shape)
    {
        var dimensions = new TensorShapeProto();
        foreach (var side in shape) dimensions.Dim.Add(side.Proto);
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = type, Shape = dimensions } } };
    }
}

/// <summary>The length of a tensor's dimension: a number, or a name for what each run decides.</summary>
internal readonly record struct Side(TensorShapeProto.Types.Dimension Proto)
{
    public static implicit operator Side(int length) => new(new TensorShapeProto.Types.Dimension { DimValue = length });

    public static implicit operator Side(string name) => new(new TensorShapeProto.Types.Dimension { DimParam = name });
}

/// <summary>A node's attribute, from a name and a number, list of numbers or branch.</summary>
internal readonly record struct AttributeValue(AttributeProto Proto)
{
    public static implicit operator AttributeValue((string Name, int Value) attribute) =>
        new(new AttributeProto { Name = attribute.Name, I = attribute.Value, Type = AttributeProto.Types.AttributeType.Int });

    public static implicit operator AttributeValue((string Name, float Value) attribute) =>
        new(new AttributeProto { Name = attribute.Name, F = attribute.Value, Type = AttributeProto.Types.AttributeType.Float });

    public static implicit operator AttributeValue((string Name, long[] Values) attribute) =>
        new(new AttributeProto { Name = attribute.Name, Ints = { attribute.Values }, Type = AttributeProto.Types.AttributeType.Ints });

    public static implicit operator AttributeValue((string Name, OnnxGraph Branch) attribute) =>
        new(new AttributeProto { Name = attribute.Name, G = attribute.Branch.Proto, Type = AttributeProto.Types.AttributeType.Graph });
}
