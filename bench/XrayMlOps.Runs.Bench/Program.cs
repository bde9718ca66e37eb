using XrayMlOps.Runs.Bench;

// Measures the registry of runs.
//   search [runs [epochs]]   lists, searches, sorts and counts runs on PostgreSQL; 100,000 runs of 100 epochs by default
switch (args)
{
    case ["search", .. var size]:
        return await SearchTime.RunAsync(size);
    default:
        Console.Error.WriteLine("Say which part to measure: search.");
        return 2;
}
