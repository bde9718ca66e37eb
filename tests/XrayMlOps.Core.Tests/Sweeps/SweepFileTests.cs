using System.Text.Json;
using XrayMlOps.Core.Architectures;
using XrayMlOps.Core.Sweeps;

namespace XrayMlOps.Core.Tests.Sweeps;

public sealed class SweepFileTests
{
    [Fact]
    public void Parse_takes_networks_by_name_inline_and_from_stacks()
    {
        var read = Parse("""
            { // what a person writes
              "name": "mine", "strategy": "random", "trials": 7,
              "architectures": ["net5", { "name": "inline", "layers": [{ "type": "flatten" }, { "type": "dense", "units": 3 }] }],
              "stacks": [{ "blocks": [2], "filters": [8, 16], "pooling": ["max", "average"], "dense": [[], [64, 32]] }],
              "parameters": { "learningRate": { "min": 1e-4, "max": 1e-2, "scale": "log" } },
            }
            """);

        Assert.Empty(read.Spec.Problems());
        Assert.Equal((SweepStrategy.Random, 7, SweepScale.Log), (read.Spec.Strategy, read.Spec.Trials, read.Spec.Parameters["learningRate"].Scale));
        Assert.Equal(
            ["net5", "inline", "conv2x1_f8_max", "conv2x1_f8_max_d64-32", "conv2x1_f8_avg", "conv2x1_f8_avg_d64-32", "conv2x1_f16_max", "conv2x1_f16_max_d64-32", "conv2x1_f16_avg", "conv2x1_f16_avg_d64-32"],
            read.Spec.Architectures.Select(network => network.Name));
        Assert.Empty(read.Dropped);
    }

    [Fact]
    public void Stack_doubles_its_filters_and_halves_the_resolution_block_by_block()
    {
        var network = Assert.Single(Parse("""{ "name": "s", "stacks": [{ "blocks": [2], "convolutions": [2], "filters": [4], "dropout": 0.3, "dense": [[10]] }] }""").Spec.Architectures);

        Assert.Equal(
            ["conv 4 x 256 x 256", "conv 4 x 256 x 256", "max_pool 4 x 128 x 128", "conv 8 x 128 x 128", "conv 8 x 128 x 128", "max_pool 8 x 64 x 64", "dropout 8 x 64 x 64", "flatten 32768", "dense 10", "dense 3"],
            LayerTable.Of(network).Rows.Select(row => $"{row.Type} {string.Join(" x ", row.OutputShape)}"));
    }

    [Fact]
    public void Parse_drops_combinations_that_are_there_already_and_says_so()
    {
        var read = Parse("""{ "name": "s", "architectures": ["net5"], "stacks": [{ "blocks": [1] }, { "blocks": [1, 2] }] }""");

        Assert.Equal(["net5", "conv1x1_f16_max_d64", "conv2x1_f16_max_d64"], read.Spec.Architectures.Select(network => network.Name));
        Assert.Equal(["conv1x1_f16_max_d64 has the layers of conv1x1_f16_max_d64"], read.Dropped);
    }

    [Theory]
    [InlineData("""{ "name": "s", "epoch": 3 }""", "epoch")]
    [InlineData("""{ "name": "s", "architectures": [3] }""", "not 3")]
    [InlineData("""{ "name": "s", "architectures": "net5" }""", "architectures: must be a list")]
    [InlineData("""{ "name": "s", "stacks": [{ "block": [3] }] }""", "block")]
    [InlineData("""{ "name": "s", "stacks": [{ "blocks": [3], "pooling": ["median"] }] }""", "pooling")]
    [InlineData("""{ "name": "s", "parameters": null }""", "parameters")]
    [InlineData("[]", "a sweep is an object")]
    [InlineData("{", "LineNumber: 0")]
    public void Parse_of_what_is_no_sweep_names_the_place(string json, string expected) =>
        Assert.Contains(expected, Assert.ThrowsAny<JsonException>(() => Parse(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void Stack_that_is_too_deep_for_its_input_is_a_problem_of_its_network() =>
        Assert.StartsWith(
            "architectures[0] 'conv9x1_f16_max_d64': layer 17", Assert.Single(Parse("""{ "name": "s", "stacks": [{ "blocks": [9] }] }""").Spec.Problems()), StringComparison.Ordinal);

    private static ReadSweep Parse(string json) => SweepFile.Parse(json, name => name == "net5" ? Specs.Network(5) : throw new InvalidOperationException(name));
}
