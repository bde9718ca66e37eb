using XrayMlOps.Runs.Bench;

// Measures, and tries hard, what trains runs and remembers them. Each part starts the servers that it needs.
//   search [runs [epochs]]   lists, searches, sorts and counts runs on PostgreSQL; 100,000 runs of 100 epochs by default
//   chaos [seconds]          20 runs on two workers while trainers, workers and database connections are killed, for 120 s by default
//   sweep [films]            the study's search on that many phantoms a class, 12 by default, with both workers killed in the middle
//   schedule                 a schedule of one minute with two control planes, for seven minutes
switch (args)
{
    case ["search", .. var size]:
        return await SearchTime.RunAsync(size);
    case ["chaos", .. var seconds]:
        return await Chaos.RunAsync(seconds);
    case ["sweep", .. var films]:
        return await SweepRestart.RunAsync(films);
    case ["schedule"]:
        return await MinuteSchedule.RunAsync();
    default:
        Console.Error.WriteLine("Say which part to run: search, chaos, sweep or schedule.");
        return 2;
}
