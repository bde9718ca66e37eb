using System.Globalization;
using XrayMlOps.Imaging.Bench;

// Measures decoding and resizing to 256 x 256 against djpeg (libjpeg-turbo) over the same films on the same cores.
// Arguments: [rounds over the films, 8]
const int Repeats = 5;
const double Bound = 0.6;
var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 8;
if (OriginalFilms.Find() is not { } films)
{
    Console.Error.WriteLine("The films are not here: set XRAY_DATA to a folder that holds originals/*.jpeg.");
    return 1;
}
var djpeg = Djpeg.Find();
Console.WriteLine($"{films.Count} films of {films.Megapixels:f1} megapixels on average, {rounds} times over; the best of {Repeats}");
if (djpeg is null) Console.WriteLine("djpeg is not on the PATH (Debian: libjpeg-turbo-progs), so there is nothing to compare with.");

foreach (var threads in new[] { 1, Environment.ProcessorCount }.Distinct())
{
    // In turns, so that what else the machine does meets all alike.
    double ours = double.MaxValue, start = double.MaxValue, scaled256 = double.MaxValue, scaled512 = double.MaxValue;
    for (var repeat = 0; repeat < Repeats; repeat++)
    {
        ours = Math.Min(ours, SecondsAFilm(() => films.Decode(rounds, threads)));
        if (djpeg is null) continue;
        start = Math.Min(start, SecondsAFilm(() => djpeg.Start(rounds * films.Count, threads)));
        scaled256 = Math.Min(scaled256, SecondsAFilm(() => djpeg.Decode(films.Scaled(rounds, 256), threads)));
        scaled512 = Math.Min(scaled512, SecondsAFilm(() => djpeg.Decode(films.Scaled(rounds, 512), threads)));
    }
    Console.WriteLine();
    Console.WriteLine($"{threads} {(threads == 1 ? "core" : "cores")}");
    Console.WriteLine($"  XrayMlOps, decoded, checked and resized to 256 x 256       {1 / ours,6:f0} films/s");
    if (djpeg is null) continue;
    Console.WriteLine($"  djpeg's start alone, which each of its films includes      {1000 * start,6:f2} ms");
    Compare("djpeg -grayscale -scale, at least 256 pixels left", scaled256, ours);
    Compare("  without its start", scaled256 - start, ours);
    Compare("djpeg -grayscale -scale, at least 512 (what we decode)", scaled512, ours);
    Compare("  without its start", scaled512 - start, ours);
}
return 0;

double SecondsAFilm(Action action)
{
    var began = TimeProvider.System.GetTimestamp();
    action();
    return TimeProvider.System.GetElapsedTime(began).TotalSeconds / (rounds * films.Count);
}

static void Compare(string what, double theirs, double ours) =>
    Console.WriteLine($"  {what,-58} {1 / theirs,6:f0} films/s: we reach {theirs / ours:f2} of it{(theirs / ours < Bound ? $", below {Bound}" : "")}");
