using XrayMlOps.Inference.Bench;
using XrayMlOps.Inference.Bench.Fuzzing;
using XrayMlOps.Inference.Bench.Serving;

// Measures the inference host over HTTP on loopback, with the clients on the same cores. Without a part: all of them in turn.
//   throughput   tensors and native films (XRAY_DATA) beside ONNX Runtime and djpeg alone, ML.NET behind ASP.NET, and Node
//   latency      at 70 % of the highest rate
//   overload     at three times the highest rate, and after it
//   swap         10,000 requests while the champion moves 20 times between two models
//   fuzz         10,000 damaged requests of every kind
//   coldstart    to the first answer without a control plane; memory
if (BenchArguments.TryParse(args) is not { } arguments)
{
    Console.Error.WriteLine($"Usage: {BenchArguments.Usage}");
    return 2;
}
var folder = Directory.CreateTempSubdirectory("xray-inference-bench-");
try
{
    List<ModelFile> models = [.. arguments.Models.Select(ModelFile.Read)];
    while (models.Count < (arguments.Parts.Contains("swap") ? 2 : 1))
        models.Add(ModelFile.Read(await TrainedModel.ExportAsync(Path.Combine(folder.FullName, $"{models.Count}"), seed: models.Count + 1)));
    Verdicts verdicts = new();
    foreach (var part in arguments.Parts)
    {
        Console.WriteLine($"{part}, {Environment.ProcessorCount} cores");
        await (part switch
        {
            "throughput" => Throughput.RunAsync(models, arguments, verdicts),
            "latency" => SteadyLoad.RunAsync(models, arguments, verdicts),
            "overload" => Overload.RunAsync(models, arguments, verdicts),
            "swap" => Swap.RunAsync(models, verdicts),
            "fuzz" => Fuzz.RunAsync(models, verdicts),
            _ => ColdStart.RunAsync(models, verdicts),
        });
        Console.WriteLine();
    }
    Console.WriteLine(verdicts.AllKept ? "All bounds are kept." : "Not all bounds are kept.");
    return verdicts.AllKept ? 0 : 1;
}
finally
{
    folder.Delete(recursive: true);
}
