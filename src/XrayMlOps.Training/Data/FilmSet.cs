using XrayMlOps.Core.Datasets;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Data;

/// <summary>A dataset version, its pixels on the disk. Owns the mapping of these.</summary>
internal sealed class FilmSet : IDisposable
{
    private readonly MappedFilms _images;
    private readonly Tensor _labels;

    private FilmSet(MappedFilms images, long[] labels, Split[] splits, long[] patients)
    {
        _images = images;
        _labels = tensor(labels).DetachFromDisposeScope();
        Labels = [.. labels.Select(label => (ImageLabel)label)];
        Patients = patients;
        InSplit = splits.Index().ToLookup(pair => pair.Item, pair => pair.Index);
    }

    public IReadOnlyList<ImageLabel> Labels { get; }

    public IReadOnlyList<long> Patients { get; }

    private ILookup<Split, int> InSplit { get; }

    public int Height => _images.Height;

    public int Width => _images.Width;

    /// <summary>Takes ownership of <paramref name="images"/> unless it throws; the other three are [N], over all of its shards.</summary>
    /// <param name="path">For messages.</param>
    /// <exception cref="TrainingFailedException">A number is out of its range, a split is empty, or a patient is in two splits.</exception>
    public static FilmSet Of(string path, MappedFilms images, long[] labels, byte[] splits, long[] patients)
    {
        for (var i = 0; i < labels.Length; i++)
        {
            if (labels[i] < 0 || labels[i] >= ImageLabels.Count)
                throw new TrainingFailedException($"{path}: film {i} has label {labels[i]}; 0 to {ImageLabels.Count - 1} are known.");
            if (splits[i] > (byte)Split.Test) throw new TrainingFailedException($"{path}: film {i} has split {splits[i]}; 0 (train) to 2 (test) are known.");
        }
        var shared = patients.Zip(splits).GroupBy(pair => pair.First, pair => pair.Second).Count(patient => patient.Distinct().Skip(1).Any());
        if (shared > 0)
            throw new TrainingFailedException($"{path}: {shared} patient(s) have films in more than one split, so the figures would flatter the model; split the dataset by patient.");
        foreach (var split in Enum.GetValues<Split>())
        {
            if (!splits.Contains((byte)split))
                throw new TrainingFailedException($"{path}: the {split.ToString().ToLowerInvariant()} split holds no film; push more patients or change the split's shares.");
        }
        return new FilmSet(images, labels, [.. splits.Select(split => (Split)split)], patients);
    }

    /// <summary>Positions of a split's films, ascending.</summary>
    public int[] Of(Split split) => [.. InSplit[split]];

    /// <summary>The films at <paramref name="positions"/> as the network takes them: float32 [n, 1, H, W], pixel / 255.</summary>
    public Tensor Films(ReadOnlySpan<int> positions, Device device)
    {
        using var scope = NewDisposeScope();
        var batch = empty([positions.Length, 1, Height, Width], ScalarType.Byte);
        var pixels = batch.bytes;
        var film = Height * Width;
        for (var i = 0; i < positions.Length; i++) _images.Read(positions[i], pixels.Slice(i * film, film));
        return batch.to(device).to(ScalarType.Float32).div_(255).MoveToOuterDisposeScope();
    }

    /// <summary>int64 [n].</summary>
    public Tensor LabelsOf(ReadOnlySpan<int> positions, Device device)
    {
        using var scope = NewDisposeScope();
        return _labels.index_select(0, tensor(positions.ToArray())).to(device).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        _images.Dispose();
        _labels.Dispose();
    }
}
