using SkiaSharp;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Imaging.Phantoms;

/// <summary>
/// Makes synthetic chest films for tests and demonstrations: rib cage, heart, lung fields; a focal consolidation for bacteria, a
/// diffuse bilateral reticular pattern for virus. Exposure, contrast, position, size and noise vary from film to film, anatomy from
/// patient to patient. They teach a network the two patterns and no physician anything.
/// </summary>
public static class PhantomGenerator
{
    /// <summary>The films that <see cref="Write"/> makes. A patient has one film (60 %), two (25 %) or three.</summary>
    public static IReadOnlyList<PhantomFilm> Plan(PhantomOptions options)
    {
        List<PhantomFilm> films = new(options.FilmsPerClass * ImageLabels.Count);
        var patients = new PhantomRandom(options.Seed, PhantomRandom.Stream.Plan);
        var patient = 0;
        foreach (var label in ImageLabels.All)
        {
            for (var made = 0; made < options.FilmsPerClass;)
            {
                patient++;
                var share = patients.Next();
                var count = Math.Min(share < 0.6f ? 1 : share < 0.85f ? 2 : 3, options.FilmsPerClass - made);
                for (var number = 1; number <= count; number++, made++) films.Add(new PhantomFilm(FileOf(label, patient, number), label, patient, number));
            }
        }
        return films;
    }

    /// <summary>Writes every film of the <see cref="Plan"/> below <paramref name="folder"/>, on all cores; films that are there are overwritten.</summary>
    /// <param name="written">Told after each film how many there are, from any thread.</param>
    public static IReadOnlyList<PhantomFilm> Write(string folder, PhantomOptions options, CancellationToken cancellationToken, IProgress<int>? written = null)
    {
        var films = Plan(options);
        foreach (var part in films.Select(film => Path.GetDirectoryName(film.File)!).Distinct()) Directory.CreateDirectory(Path.Combine(folder, part));
        var count = 0;
        Parallel.ForEach(
            films,
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken },
            film =>
            {
                File.WriteAllBytes(Path.Combine(folder, film.File), Film(film.Label, film.Patient, film.Number, options));
                written?.Report(Interlocked.Increment(ref count));
            });
        return films;
    }

    /// <summary>
    /// One film as a grey JPEG of 320 to 640 x 280 to 600 pixels. The same patient and number under another label is the same picture
    /// but for the disease.
    /// </summary>
    public static byte[] Film(ImageLabel label, int patient, int number, PhantomOptions options)
    {
        var anatomy = new Anatomy(new PhantomRandom(options.Seed, PhantomRandom.Stream.Anatomy, patient));
        var acquisition = new Acquisition(new PhantomRandom(options.Seed, PhantomRandom.Stream.Acquisition, patient, number));
        Opacity? disease = label switch
        {
            ImageLabel.Bacteria => new Consolidation(new PhantomRandom(options.Seed, PhantomRandom.Stream.Consolidation, patient, number)),
            ImageLabel.Virus => new Reticulation(new PhantomRandom(options.Seed, PhantomRandom.Stream.Reticulation, patient, number)),
            _ => null,
        };
        using var bitmap = new SKBitmap(new SKImageInfo(acquisition.Width, acquisition.Height, SKColorType.Gray8, SKAlphaType.Opaque));
        acquisition.Expose(anatomy, disease, bitmap.GetPixelSpan(), bitmap.RowBytes);
        using var jpeg = bitmap.Encode(SKEncodedImageFormat.Jpeg, options.JpegQuality);
        return jpeg.ToArray();
    }

    private static string FileOf(ImageLabel label, int patient, int number) => label == ImageLabel.Normal
        ? $"NORMAL/IM-{patient:0000}-{number:0000}.jpeg"
        : $"PNEUMONIA/person{patient}_{label.Name()}_{number}.jpeg";
}
