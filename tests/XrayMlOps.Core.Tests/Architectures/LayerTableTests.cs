using System.Text.Json;
using XrayMlOps.Core.Architectures;

namespace XrayMlOps.Core.Tests.Architectures;

public sealed class LayerTableTests
{
    [Fact]
    public void Of_layers_of_every_type_gives_shapes_and_parameters()
    {
        var table = LayerTable.Of(Parse("""
            [ { "type": "avg_pool", "size": 4 },
              { "type": "conv", "filters": 8, "kernel": 5, "stride": 2, "padding": "same", "activation": "none" },
              { "type": "batch_norm", "activation": "relu" },
              { "type": "max_pool", "size": 3, "stride": 2 },
              { "type": "global_avg_pool" },
              { "type": "dropout", "rate": 0.5 },
              { "type": "dense", "units": 3 } ]
            """));

        Assert.Empty(table.Problems);
        Assert.Equal(["1 x 64 x 64", "8 x 32 x 32", "8 x 32 x 32", "8 x 15 x 15", "8", "8", "3"], table.Rows.Select(row => string.Join(" x ", row.OutputShape)));
        Assert.Equal([0, 208, 16, 0, 0, 0, 27], table.Rows.Select(row => row.Parameters));
    }

    [Theory]
    [InlineData("""[ { "type": "dense", "units": 3 } ]""", "layer 0 (dense): needs a flat input")]
    [InlineData("""[ { "type": "flatten" }, { "type": "max_pool" } ]""", "layer 1 (max_pool): needs an input of [channels, height, width]")]
    [InlineData("""[ { "type": "max_pool", "size": 64, "stride": 64 }, { "type": "conv", "filters": 4, "kernel": 5 } ]""", "a window of 5 does not fit into the 4 pixels")]
    [InlineData("""[ { "type": "conv", "filters": 4, "kernel": 4, "padding": "same" } ]""", "kernel 4 is even")]
    [InlineData("""[ { "type": "flatten" }, { "type": "dense", "units": 4 } ]""", "3 units, one a class")]
    [InlineData("""[ { "type": "flatten" }, { "type": "dense", "units": 3, "activation": "relu" } ]""", "no activation")]
    [InlineData("""[ { "type": "dropout", "rate": 1 } ]""", "rate 1")]
    [InlineData("[]", "there are none")]
    public void Of_impossible_layers_names_the_layer_and_why(string layers, string expected) =>
        Assert.Contains(expected, Assert.Single(LayerTable.Of(Parse(layers)).Problems));

    [Fact]
    public void Of_a_bad_name_and_input_reports_both()
    {
        var table = LayerTable.Of(Parse("""[ { "type": "flatten" }, { "type": "dense", "units": 3 } ]""") with { Name = "../x", Input = new InputShape { Height = 4 } });
        Assert.Equal(2, table.Problems.Count);
    }

    [Fact]
    public void Parse_an_unknown_layer_is_refused() => Assert.Throws<JsonException>(() => Parse("""[ { "type": "capsule" } ]"""));

    [Fact]
    public void Digest_depends_on_layers_and_not_on_name_or_recipe()
    {
        var one = Parse("""[ { "type": "flatten" }, { "type": "dense", "units": 3 } ]""");
        Assert.Equal(one.Digest(), (one with { Name = "other", Recipe = new() { Epochs = 3 } }).Digest());
        Assert.NotEqual(one.Digest(), (one with { Layers = [.. one.Layers, new DropoutLayer { Rate = 0.1 }] }).Digest());
    }

    private static Architecture Parse(string layers) => Architecture.Parse($$"""{ "name": "probe", "layers": {{layers}} }""");
}
