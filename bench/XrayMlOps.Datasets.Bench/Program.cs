using XrayMlOps.Datasets.Bench;

// Measures the dataset registry.
//   manifest [sizes, comma-separated]   registers, pages, compares and splits generated rows; 50,000, 100,000 and 200,000 of them by default
switch (args)
{
    case ["manifest", .. var sizes]:
        return await ManifestScale.RunAsync(sizes);
    default:
        Console.Error.WriteLine("Say which part to measure: manifest.");
        return 2;
}
