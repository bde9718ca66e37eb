using XrayMlOps.Core.Preprocessing;
using XrayMlOps.Imaging.Decoding;
using XrayMlOps.Testing;

namespace XrayMlOps.Imaging.Bench;

/// <summary>Films at native resolution, as a hospital would send them.</summary>
internal sealed class OriginalFilms
{
    private readonly FilmDecoder _decoder = new(ImagingLimits.Default);
    private readonly (string File, FilmInfo Info)[] _films;

    private OriginalFilms(string[] files) => _films = [.. files.Select(file => (file, Decode(file)))];

    public int Count => _films.Length;

    public double Megapixels => _films.Average(film => film.Info.Width * film.Info.Height / 1e6);

    /// <summary>In <c>XRAY_DATA</c>, or in <c>shared/data</c> beside the repository; null where they are not.</summary>
    public static OriginalFilms? Find() => RealFilms.Find("originals") is { Length: > 0 } files ? new OriginalFilms(files) : null;

    /// <summary>Reads, decodes and resizes every film so many times.</summary>
    public void Decode(int rounds, int threads) =>
        Parallel.For(0, rounds * Count, new ParallelOptions { MaxDegreeOfParallelism = threads }, i => Decode(_films[i % Count].File));

    /// <summary>The films so many times, each with the largest reduction of 8, 4, 2 and 1 that leaves both sides at least so long.</summary>
    public IReadOnlyList<(string File, int Scale)> Scaled(int rounds, int side) =>
        [.. Enumerable.Repeat(_films, rounds).SelectMany(films => films).Select(film => (film.File, Scale(Math.Min(film.Info.Width, film.Info.Height), side)))];

    private static int Scale(int length, int side) => new[] { 8, 4, 2 }.FirstOrDefault(scale => (length + scale - 1) / scale >= side, 1);

    private FilmInfo Decode(string file)
    {
        var pixels = new byte[PreprocessingSpec.Default.Height * PreprocessingSpec.Default.Width];
        var film = _decoder.Decode(File.ReadAllBytes(file), PreprocessingSpec.Default, pixels);
        return film.Succeeded ? film.Info : throw new InvalidDataException($"{file}: {film.Reason}");
    }
}
