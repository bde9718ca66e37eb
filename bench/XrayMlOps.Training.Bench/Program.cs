using System.Globalization;
using XrayMlOps.Core.Architectures;
using XrayMlOps.Training.Bench;
using XrayMlOps.Training.Devices;

// Measures training of model_4 through the trainer process, beside the same network and batch in PyTorch and what the machine's matrix
// products reach in the same minutes. The peer is spared reading films and augmentation: its random films stay in memory.
// Arguments: [threads, 0 is one a core] [batch sizes, comma-separated] [rounds]. XRAY_PYTHON names an interpreter with PyTorch.
if (RecommendedEnvironment.RunIfUnset(args) is { } exitCode) return exitCode;

var threads = ComputeDevice.UseThreads(Argument(0, 0));
var rounds = Argument(2, 3);
var model = Path.Combine(AppContext.BaseDirectory, "model_4.json");
var architecture = Architecture.Parse(File.ReadAllText(model));
int[] batchSizes = args.Length > 1 ? [.. args[1].Split(',').Select(size => int.Parse(size, CultureInfo.InvariantCulture))] : [architecture.Recipe.BatchSize, 32];
var work = Ceiling.GigaflopsAFilm(architecture);
Console.WriteLine($"{ComputeDevice.Best}, {threads} threads; {architecture.Name}: {work:f2} GFLOP a training film (three times the forward pass)");

var folder = Directory.CreateTempSubdirectory("xray-training-bench-");
try
{
    var dataset = Path.Combine(folder.FullName, "films.npz");
    PackedFilms.Write(dataset, training: 384, architecture.Input.Height, architecture.Input.Width);
    var trainer = new TrainerThroughput(architecture, threads, dataset);
    var peer = new PyTorchPeer(model, threads);
    foreach (var batchSize in batchSizes) Compare(trainer, peer, batchSize);
}
finally
{
    folder.Delete(recursive: true);
}
return 0;

void Compare(TrainerThroughput trainer, PyTorchPeer peer, int batchSize)
{
    List<double> ours = [], ceilings = [];
    List<PeerFigures?> plain = [], channelsLast = [];
    for (var round = 0; round < rounds; round++)
    {
        ceilings.Add(Ceiling.MatrixGigaflops(ComputeDevice.Best, TimeProvider.System));
        ours.Add(trainer.Measure(batchSize));
        plain.Add(peer.Measure(batchSize, "channels_first"));
        channelsLast.Add(peer.Measure(batchSize, "channels_last"));
    }
    var (films, ceiling) = (Median(ours), Median(ceilings));
    Console.WriteLine($"batch {batchSize}, medians of {rounds} interleaved rounds:");
    Console.WriteLine($"  trainer                {films,7:f1} films/s, {films * work,6:f1} GFLOP/s: {films * work / ceiling:f2} of the float32 matrix product ({ceiling:f0} GFLOP/s)");
    Print("as it comes", plain, films);
    Print("channels-last", channelsLast, films);
}

static void Print(string layout, List<PeerFigures?> rounds, double ours)
{
    List<PeerFigures> measured = [.. rounds.OfType<PeerFigures>()];
    if (measured.Count == 0)
    {
        Console.WriteLine($"  no PyTorch found; {PyTorchPeer.PythonVariable} may name an interpreter that has it");
        return;
    }
    var films = Median(measured.Select(figures => figures.FilmsPerSecond));
    Console.WriteLine($"  PyTorch {measured[0].Version}, {layout,-13} {films,7:f1} films/s; ratio {ours / films:f2}");
}

static double Median(IEnumerable<double> values)
{
    double[] sorted = [.. values.Order()];
    return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
}

int Argument(int index, int otherwise) => args.Length > index ? int.Parse(args[index], CultureInfo.InvariantCulture) : otherwise;
