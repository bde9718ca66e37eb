using XrayMlOps.Core.Architectures;
using XrayMlOps.Core.Sweeps;
using XrayMlOps.Testing;

namespace XrayMlOps.Core.Tests.Sweeps;

/// <summary>The files of <c>models</c>.</summary>
public sealed class ShippedSweepsTests
{
    private static readonly string s_models = Path.Combine(Repository.Root!, "models");

    public static TheoryData<string> Networks => [.. FilesOf(s_models)];

    public static TheoryData<string> Sweeps => [.. FilesOf(Path.Combine(s_models, "sweeps"))];

    [Theory]
    [MemberData(nameof(Networks))]
    public void Network_that_ships_is_sound_and_named_as_its_file(string name)
    {
        var network = Find(name);

        Assert.Equal(name, network.Name);
        Assert.Empty(LayerTable.Of(network).Problems);
        Assert.Empty(network.Recipe.Problems());
        Assert.NotEmpty(network.Description);
    }

    /// <summary>Counted by hand: VGG-16's 138,357,544 (Simonyan and Zisserman 2015) less 1,152 for two channels and 4,084,709 for 997 classes.</summary>
    [Theory]
    [InlineData("lenet_5", 156 + 2_416 + 48_120 + 10_164 + 255)]
    [InlineData("alexnet", 11_712 + 614_656 + 885_120 + 1_327_488 + 884_992 + 37_752_832 + 16_781_312 + 12_291)]
    [InlineData("vgg_16", 138_357_544 - 1_152 - 4_084_709)]
    [InlineData("model_4", 1_583_011)]
    public void Network_of_a_paper_has_its_parameters(string name, long expected)
    {
        Assert.Equal(expected, LayerTable.Of(Find(name)).Parameters);
        Assert.Contains($"{expected:N0} parameters", Find(name).Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("alexnet", 256, 6)]
    [InlineData("vgg_16", 512, 7)]
    [InlineData("lenet_5", 120, 1)]
    public void Network_of_a_paper_ends_its_convolutions_as_there(string name, int channels, int side) =>
        Assert.Equal([channels, side, side], LayerTable.Of(Find(name)).Rows.Last(row => row.OutputShape.Count == 3).OutputShape);

    [Theory]
    [MemberData(nameof(Sweeps))]
    public void Sweep_that_ships_is_sound_and_drops_nothing(string name)
    {
        var read = Read(name);

        Assert.Equal(name, read.Spec.Name);
        Assert.Empty(read.Spec.Problems());
        Assert.Empty(read.Dropped);
    }

    [Fact]
    public void Study_searches_more_than_forty_networks_of_reasonable_size()
    {
        var spec = Read("study").Spec;
        var networks = SweepTrials.Of(spec).Select(trial => trial.Architecture).ToArray();

        Assert.True(networks.Length > 40, $"{networks.Length} candidates");
        Assert.Equal(networks.Length, networks.Select(network => network.Digest()).Distinct().Count());
        Assert.Subset(networks.Select(network => network.Name).ToHashSet(), new HashSet<string> { "lenet_5", "alexnet", "vgg_16", "model_4" });
        Assert.All(networks.Where(network => network.Name.StartsWith("conv", StringComparison.Ordinal)), network => Assert.InRange(LayerTable.Of(network).Parameters, 1, 10_000_000));
    }

    private static ReadSweep Read(string name) => SweepFile.Parse(File.ReadAllText(Path.Combine(s_models, "sweeps", $"{name}.json")), Find);

    private static Architecture Find(string name) => Architecture.Parse(File.ReadAllText(Path.Combine(s_models, $"{name}.json")));

    private static IEnumerable<string> FilesOf(string folder) => Directory.GetFiles(folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal);
}
