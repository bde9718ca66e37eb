using XrayMlOps.Datasets.Bench;

// Measures the dataset registry.
//   manifest [sizes, comma-separated]   registers, pages, compares and splits generated rows; 50,000, 100,000 and 200,000 of them by default
//   push [folder]                       pushes the real films into a local folder and into Azurite, each twice
switch (args)
{
    case ["push", .. var folder]:
        return await PushRate.RunAsync(folder);
    case ["manifest", .. var sizes]:
        return await ManifestScale.RunAsync(sizes);
    default:
        Console.Error.WriteLine("Say which part to measure: push or manifest.");
        return 2;
}
