using System.Globalization;
using XrayMlOps.Core.Architectures;
using XrayMlOps.Training.Bench;

// Measures training of model_4 against what the machine's matrix products reach in the same run.
// Arguments: [threads, 0 is one a core] [batch sizes, comma-separated]
if (RecommendedEnvironment.RunIfUnset(args) is { } exitCode) return exitCode;

var threads = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 0;
using var file = new StreamReader(typeof(TrainingThroughput).Assembly.GetManifestResourceStream("model_4.json")!);
var architecture = Architecture.Parse(file.ReadToEnd());
int[] batchSizes = args.Length > 1
    ? [.. args[1].Split(',').Select(size => int.Parse(size, CultureInfo.InvariantCulture))]
    : [.. new[] { 8, 32, architecture.Recipe.BatchSize }.Distinct()];

var throughput = new TrainingThroughput(architecture, TimeProvider.System, threads);
var ceiling = throughput.MatrixGigaflops();
Console.WriteLine($"{throughput.Device}, {throughput.Threads} threads: matrix product of 2048 x 2048 float32: {ceiling:f0} GFLOP/s");
Console.WriteLine($"{architecture.Name}: {throughput.GigaflopsPerFilm:f2} GFLOP a training film (three times the forward pass)");
foreach (var batchSize in batchSizes)
{
    var filmsPerSecond = throughput.FilmsPerSecond(batchSize);
    var achieved = filmsPerSecond * throughput.GigaflopsPerFilm;
    Console.WriteLine($"batch {batchSize,3}: {filmsPerSecond,6:f1} films/s, {achieved,6:f1} GFLOP/s, {achieved / ceiling:p0} of the matrix product");
}
return 0;
