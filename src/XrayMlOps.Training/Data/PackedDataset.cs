namespace XrayMlOps.Training.Data;

/// <summary>Reads a packed dataset (npz files, see <see cref="Core.Runs.TrainingJob.Tensors"/>). The pixels stay on the disk, mapped into memory.</summary>
internal static class PackedDataset
{
    private const int LongestSide = 4096;

    /// <exception cref="TrainingFailedException">A file is missing, damaged, or not such a dataset; the message names file and array.</exception>
    public static FilmSet Read(IReadOnlyList<string> paths)
    {
        MappedFilms? films = null;
        List<long> labels = [], patients = [];
        List<byte> splits = [];
        try
        {
            foreach (var path in paths) Read(path, ref films, labels, splits, patients);
            var name = paths.Count == 1 ? paths[0] : $"{paths[0]} and {paths.Count - 1} more";
            return FilmSet.Of(name, films ?? throw new ArgumentException("There is no file.", nameof(paths)), [.. labels], [.. splits], [.. patients]);
        }
        catch
        {
            films?.Dispose();
            throw;
        }
    }

    private static void Read(string path, ref MappedFilms? films, List<long> labels, List<byte> splits, List<long> patients)
    {
        try
        {
            using var file = new NpzFile(path);
            var (label, split, patient) = (file.Read<long>("labels", "<i8"), file.Read<byte>("splits", "|u1"), file.Read<long>("patients", "<i8"));
            if (split.Length != label.Length || patient.Length != label.Length)
                throw new TrainingFailedException($"{path}: {label.Length} labels, {split.Length} splits and {patient.Length} patients do not belong together.");
            labels.AddRange(label);
            splits.AddRange(split);
            patients.AddRange(patient);

            var images = file.Find("images", "|u1", rank: 3, elementBytes: 1);
            if (images.Shape is not [var count, >= 1 and <= LongestSide and var height, >= 1 and <= LongestSide and var width])
                throw file.Problem("images", $"films of {images.Shape[1]} x {images.Shape[2]} pixels; 1 to {LongestSide:N0} are possible");
            if (count != label.Length) throw file.Problem("images", $"it has {count} films, but there are {label.Length} labels");
            films ??= new MappedFilms((int)height, (int)width);
            if (height != films.Height || width != films.Width)
                throw file.Problem("images", $"films of {height} x {width} pixels, but those of the first file are {films.Height} x {films.Width}");
            if (count > 0) films.Add(file.Map(images), label.Length);
        }
        catch (Exception problem) when (problem is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new TrainingFailedException($"{path}: the packed dataset cannot be read: {problem.Message}", problem);
        }
    }
}
