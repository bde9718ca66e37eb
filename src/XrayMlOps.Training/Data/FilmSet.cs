using XrayMlOps.Core.Datasets;
using XrayMlOps.Training.Devices;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Data;

/// <summary>A dataset version. Owns the pixels, which are on the disk until they are brought nearer.</summary>
internal sealed class FilmSet : IDisposable
{
    private IFilmPixels _images;
    private readonly Tensor _labels;

    private FilmSet(IFilmPixels images, long[] labels, Split[] splits, long[] patients)
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
    public static FilmSet Of(string path, IFilmPixels images, long[] labels, byte[] splits, long[] patients)
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

    /// <summary>Brings the pixels as near to the network as there is room: see <see cref="Residency.Nearest"/>.</summary>
    public void BringTo(Device device) => _images = Residency.Nearest(_images, device);

    /// <summary>Positions of a split's films, ascending.</summary>
    public int[] Of(Split split) => [.. InSplit[split]];

    /// <summary>The films at <paramref name="positions"/> as the network takes them: float32 [n, 1, H, W], pixel / 255.</summary>
    public Tensor Films(ReadOnlySpan<int> positions, Device device)
    {
        using var scope = NewDisposeScope();
        return _images.Take(positions).ToDevice(device).unsqueeze(1).to(ScalarType.Float32).div_(255).MoveToOuterDisposeScope();
    }

    /// <summary>int64 [n].</summary>
    public Tensor LabelsOf(ReadOnlySpan<int> positions, Device device)
    {
        using var scope = NewDisposeScope();
        return _labels.index_select(0, tensor(positions.ToArray())).ToDevice(device).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        _images.Dispose();
        _labels.Dispose();
    }
}
