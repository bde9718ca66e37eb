using System.Text.Json;
using XrayMlOps.Core;
using XrayMlOps.Core.Architectures;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Evaluation;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Runs.Bench;

/// <summary>A run such as a worker leaves it, with columns as wide as a real one's. What it is like follows from its number alone.</summary>
internal sealed class GeneratedRun(int id, int epochs)
{
    public static readonly Architecture Network = ReadNetwork();
    public static readonly string NetworkJson = JsonSerializer.Serialize(Network, XrayJson.Compact), NetworkDigest = Network.Digest();
    public static readonly string LimitsJson = JsonSerializer.Serialize(new RunLimits(), XrayJson.Compact);
    public static readonly string PackagesJson = Json(("libtorch", "2.10.0"), ("onnxruntime", "1.31.1"), ("torchsharp", "0.107.0"));
    public static readonly string EnvironmentJson = Json(
        ("os", "Debian GNU/Linux 12 (bookworm)"), ("processor", "AMD EPYC 7763 64-Core Processor"), ("dotnet", "10.0.12"),
        ("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1"), ("OMP_WAIT_POLICY", "passive"));
    private static readonly long s_start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).UtcTicks;

    private readonly Random _random = new(id);
    private readonly double _skill = new Random(id).NextDouble();

    public RunState State => id % 200 == 0 ? RunState.Failed : id % 333 == 0 ? RunState.Cancelled : RunState.Succeeded;

    public string NetworkName => $"model_{id % 7}";

    public string Experiment => id % 5 == 0 ? "default" : $"experiment-{id % 97}";

    public long CreatedAt => s_start + id * TimeSpan.TicksPerMinute;

    public TrainingRecipe Recipe { get; } = new() { Epochs = epochs, BatchSize = 8 << (id % 4), LearningRate = Math.Pow(10, -2 - id % 300 / 100.0), Seed = id % 10 };

    public double BestLoss => Loss(epochs, 0.25);

    public double BestAccuracy => 0.55 + 0.4 * _skill;

    public double Loss(int epoch, double floor) => floor + (1 - _skill) * 0.6 + Math.Exp(-epoch / 20.0);

    public double Noise() => 0.01 * _random.NextDouble();

    public string Digest => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(id)));

    public string EvaluationJson => JsonSerializer.Serialize(new RunEvaluation(epochs, 1.2, Report(4_000), Report(500), Report(600)), XrayJson.Compact);

    public IEnumerable<(string Key, string Value)> Tags()
    {
        yield return ("site", $"hospital-{id % 20}");
        if (id % 2 == 0) yield return ("who", $"person-{id % 11}");
        if (id % 1_000 == 0) yield return ("keep", "yes");
    }

    private EvaluationReport Report(int films) => new(
        films, BestAccuracy - Noise(), new Interval(BestAccuracy - 0.03, BestAccuracy + 0.02), BestAccuracy - Noise(), 0.9 + Noise(), BestLoss + Noise(), 0.3 + Noise(),
        0.04 + Noise(), [.. Enum.GetValues<ImageLabel>().Select(label => new ClassReport(label, films / 3, 0.8 + Noise(), 0.9 + Noise(), 0.8 + Noise(), 0.8 + Noise(), 0.9 + Noise()))],
        [[films / 3, 12, 7], [9, films / 4, 31], [4, 40, films / 5]]);

    private static string Json(params (string Key, string Value)[] pairs) => JsonSerializer.Serialize(pairs.ToDictionary(pair => pair.Key, pair => pair.Value), XrayJson.Compact);

    private static Architecture ReadNetwork()
    {
        using var stream = typeof(GeneratedRun).Assembly.GetManifestResourceStream("model_4.json")!;
        return JsonSerializer.Deserialize<Architecture>(stream, XrayJson.Compact)!;
    }
}
