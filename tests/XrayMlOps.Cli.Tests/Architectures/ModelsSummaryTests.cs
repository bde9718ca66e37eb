using System.Text.Json;

namespace XrayMlOps.Cli.Tests.Architectures;

public sealed class ModelsSummaryTests
{
    /// <summary>The study's own table, layer for layer.</summary>
    [Fact]
    public async Task Summary_of_model_4_counts_the_parameters_of_the_study()
    {
        var summary = await XrayRun.Json<JsonElement>("models", "summary", "model_4");
        var counts = summary.GetProperty("layers").EnumerateArray()
            .Select(layer => layer.GetProperty("parameters").GetInt64()).Where(count => count > 0);
        Assert.Equal([160, 4_640, 18_496, 73_856, 295_168, 1_179_776, 8_256, 2_080, 528, 51], counts);
        Assert.Equal(1_583_011, summary.GetProperty("parameters").GetInt64());
    }

    [Fact]
    public async Task Summary_for_people_shows_type_shape_and_total()
    {
        var summary = await XrayRun.Of("models", "summary", "model_4");
        Assert.Matches(@"0\s+conv 3x3, valid, relu\s+16 x 254 x 254\s+160", summary.Output);
        Assert.Matches(@"flatten\s+9,216\s+0", summary.Output);
        Assert.Matches(@"Total\s+1,583,011", summary.Output);
    }

    [Fact]
    public async Task Architecture_that_is_unknown_exits_2_and_lists_those_that_ship()
    {
        var run = await XrayRun.Of("models", "summary", "model_5");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("model_4", run.Errors, StringComparison.Ordinal);
        Assert.Contains("phantom_net", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Architecture_file_that_is_unsound_exits_2_and_names_each_problem()
    {
        using var folder = new TestFolder();
        var file = folder.Write("net.json", """{ "name": "Net", "layers": [{ "type": "conv", "filters": 0 }], "recipe": { "epochs": 0 } }""");
        var run = await XrayRun.Of("models", "summary", file);
        Assert.Equal(2, run.ExitCode);
        foreach (var problem in new[] { "name 'Net'", "layer 0 (conv)", "epochs 0" }) Assert.Contains(problem, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Architecture_file_that_is_no_json_exits_2_with_the_place()
    {
        using var folder = new TestFolder();
        var run = await XrayRun.Of("models", "summary", folder.Write("net.json", "{ \"name\": "));
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("net.json", run.Errors, StringComparison.Ordinal);
    }
}
