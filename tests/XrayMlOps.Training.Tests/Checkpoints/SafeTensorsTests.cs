using System.Buffers.Binary;
using System.Text;
using XrayMlOps.Training.Checkpoints;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Tests.Checkpoints;

public sealed class SafeTensorsTests
{
    [Fact]
    public void Tensors_and_metadata_come_back_as_they_were()
    {
        using var scope = NewDisposeScope();
        var weights = randn(3, 4, 5);
        var count = tensor(42L);
        using var stream = new MemoryStream();

        SafeTensors.Write(stream, [("weights", weights), ("count", count)], new Dictionary<string, string> { ["naïve"] = "\"quoted\"" });
        stream.Position = 0;
        using var file = SafeTensors.Read(stream);

        Assert.Equal(weights.shape, file.Tensors["weights"].shape);
        Assert.Equal(weights.data<float>().ToArray(), file.Tensors["weights"].data<float>().ToArray());
        Assert.Equal(42, file.Tensors["count"].item<long>());
        Assert.Empty(file.Tensors["count"].shape);
        Assert.Equal("\"quoted\"", file.Metadata["naïve"]);
    }

    [Fact]
    public void Data_begin_on_a_multiple_of_eight()
    {
        for (var length = 1; length <= 9; length++)
        {
            using var stream = new MemoryStream();
            SafeTensors.Write(stream, [], new Dictionary<string, string> { [new string('k', length)] = "" });
            Assert.Equal(0, stream.Length % 8);
        }
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "lies at 0 to 8 of 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "of 8 bytes lies at 0 to 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}""", 6, "'b'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "lies at 4 to 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 9, "end at byte 4 of 9")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "no sound shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", 0, "lies at 0 to 0")]
    [InlineData("""{"a":{"dtype":"F32","data_offsets":[0,4]}}""", 4, "no sound shape")]
    [InlineData("""{"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}""", 4, "of type BF16")]
    [InlineData("""{"a":null}""", 0, "not understood")]
    [InlineData("""{"a":""", 0, "not understood")]
    public void Malformed_header_is_refused(string header, int dataBytes, string reason)
    {
        var problem = Assert.Throws<InvalidDataException>(() => SafeTensors.Read(File(header, dataBytes)).Dispose());
        Assert.Contains(reason, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    [InlineData(100)]
    public void Header_length_beyond_the_file_is_refused(long length)
    {
        var bytes = new byte[32];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        Assert.Throws<InvalidDataException>(() => SafeTensors.Read(new MemoryStream(bytes)).Dispose());
    }

    [Fact]
    public void Empty_file_is_refused() => Assert.Throws<InvalidDataException>(() => SafeTensors.Read(new MemoryStream()).Dispose());

    private static MemoryStream File(string header, int dataBytes)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + json.Length + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, json.Length);
        json.CopyTo(bytes, 8);
        return new MemoryStream(bytes);
    }
}
