using System.IO.Compression;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Data;

/// <summary>
/// Reads a packed dataset (npz, see <see cref="Core.Runs.TrainingJob.Tensors"/>). The pixels go straight into native memory in
/// pieces, so a file may be larger than a managed array.
/// </summary>
internal static class PackedDataset
{
    private const int PieceBytes = 1 << 24;

    /// <exception cref="TrainingFailedException">The file is missing, damaged, or not such a dataset; the message names file and entry.</exception>
    public static FilmSet Read(string path)
    {
        try
        {
            using var archive = ZipFile.OpenRead(path);
            var labels = ReadArray<long>(archive, path, "labels", "<i8");
            var splits = ReadArray<byte>(archive, path, "splits", "|u1");
            var patients = ReadArray<long>(archive, path, "patients", "<i8");
            if (splits.Length != labels.Length || patients.Length != labels.Length)
                throw new TrainingFailedException($"{path}: {labels.Length} labels, {splits.Length} splits and {patients.Length} patients do not belong together.");
            var images = ReadImages(archive, path, labels.Length);
            return FilmSet.Of(path, images, labels, splits, patients);
        }
        catch (Exception problem) when (problem is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new TrainingFailedException($"{path}: the packed dataset cannot be read: {problem.Message}", problem);
        }
    }

    private static T[] ReadArray<T>(ZipArchive archive, string path, string name, string type)
        where T : unmanaged
    {
        using var stream = Open(archive, path, name, type, 1, out var shape);
        if (shape[0] > Array.MaxLength / Marshal.SizeOf<T>()) throw Problem(path, name, $"it has {shape[0]} elements, more than can be read");
        var values = new T[shape[0]];
        Fill(stream, MemoryMarshal.AsBytes(values.AsSpan()), path, name);
        return values;
    }

    private static Tensor ReadImages(ZipArchive archive, string path, int films)
    {
        using var stream = Open(archive, path, "images", "|u1", 3, out var shape);
        if (shape[0] != films) throw Problem(path, "images", $"it has {shape[0]} films, but there are {films} labels");
        if (shape[1] is < 1 or > 4096 || shape[2] is < 1 or > 4096) throw Problem(path, "images", $"films of {shape[1]} x {shape[2]} pixels; 1 to 4,096 are possible");
        using var scope = NewDisposeScope();
        var images = empty([.. shape], ScalarType.Byte);
        var filmsAPiece = Math.Max(1, PieceBytes / (shape[1] * shape[2]));
        for (var start = 0L; start < films; start += filmsAPiece)
        {
            using var piece = images.narrow(0, start, Math.Min(filmsAPiece, films - start));
            Fill(stream, piece.bytes, path, "images");
        }
        return images.MoveToOuterDisposeScope();
    }

    private static Stream Open(ZipArchive archive, string path, string name, string type, int rank, out IReadOnlyList<long> shape)
    {
        var entry = archive.GetEntry($"{name}.npy")
            ?? throw Problem(path, name, $"it is missing; the file holds {string.Join(", ", archive.Entries.Select(other => other.FullName))}");
        var stream = entry.Open();
        try
        {
            var header = NpyHeader.Read(stream);
            if (header.Type != type) throw new InvalidDataException($"its elements are {header.Type}; {type} is needed");
            if (header.Shape.Count != rank) throw new InvalidDataException($"its shape is ({string.Join(", ", header.Shape)}); {rank} dimension(s) are needed");
            shape = header.Shape;
            return stream;
        }
        catch (Exception problem) when (problem is InvalidDataException or EndOfStreamException or OverflowException)
        {
            stream.Dispose();
            throw Problem(path, name, problem.Message, problem);
        }
    }

    private static void Fill(Stream stream, Span<byte> values, string path, string name)
    {
        try
        {
            stream.ReadExactly(values);
        }
        catch (EndOfStreamException problem)
        {
            throw Problem(path, name, "it ends before its last element: the file is damaged", problem);
        }
    }

    private static TrainingFailedException Problem(string path, string entry, string what, Exception? inner = null) =>
        new($"{path}: array '{entry}': {what}.", inner);
}
