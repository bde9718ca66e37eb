using System.IO.Compression;
using CsCheck;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Training.Data;
using XrayMlOps.Training.Tests.Fixtures;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Tests.Data;

public sealed class PackedDatasetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, byte[]> _arrays = new TinyDataset(Films: 12).Arrays();

    [Fact]
    public void Films_are_read_with_their_labels_splits_and_patients()
    {
        using var films = Read();
        Assert.Equal((16, 16), (films.Height, films.Width));
        Assert.Equal([0, 1, 2, 3, 4, 5, 10, 11], films.Of(Split.Train));
        Assert.Equal([6, 7], films.Of(Split.Validation));
        Assert.Equal(Enumerable.Range(0, 12).Select(film => film / 2L), films.Patients);
        Assert.Equal(ImageLabel.Bacteria, films.Labels[3]);

        using var batch = films.Films([11, 0], CPU);
        Assert.Equal([2, 1, 16, 16], batch.shape);
        var pixels = _arrays["images"][^(12 * 256)..];
        Assert.Equal(pixels[^256..].Concat(pixels[..256]).Select(pixel => pixel / 255f), batch.data<float>().ToArray());
    }

    [Fact]
    public void Films_of_several_files_are_read_as_one_version()
    {
        var random = new Random(3);
        var images = new byte[12 * 20];
        random.NextBytes(images);
        var shards = Shards(images, [5, 1, 6], patient => patient / 2);

        using var films = PackedDataset.Read(shards);

        Assert.Equal((4, 5), (films.Height, films.Width));
        Assert.Equal(Enumerable.Range(0, 12).Select(film => film / 2L), films.Patients);
        int[] positions = [11, 5, 0, 4, 6, 5];
        using var batch = films.Films(positions, CPU);
        Assert.Equal(positions.SelectMany(film => images[(film * 20)..(film * 20 + 20)]).Select(pixel => pixel / 255f), batch.data<float>().ToArray());
    }

    [Fact]
    public void Patient_in_splits_of_different_files_is_refused()
    {
        var shards = Shards(new byte[12 * 20], [6, 6], film => film % 6 / 2); // a patient's films of each file are in other splits
        var problem = Assert.Throws<TrainingFailedException>(() => PackedDataset.Read(shards));
        Assert.Contains("3 patient(s) have films in more than one split", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Films_of_another_size_in_a_second_file_are_refused()
    {
        var shards = Shards(new byte[12 * 20], [6, 6], film => film / 2);
        Npz.Write(shards[1], _arrays);
        var problem = Assert.Throws<TrainingFailedException>(() => PackedDataset.Read(shards));
        Assert.Contains($"{shards[1]}: array 'images': films of 16 x 16 pixels, but those of the first file are 4 x 5", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compressed_array_is_refused()
    {
        using (var archive = new ZipArchive(File.Create(_folder["films.npz"]), ZipArchiveMode.Create))
        {
            foreach (var (name, bytes) in _arrays)
            {
                using var entry = archive.CreateEntry($"{name}.npy", CompressionLevel.Optimal).Open();
                entry.Write(bytes);
            }
        }
        var problem = Assert.Throws<TrainingFailedException>(() => PackedDataset.Read([_folder["films.npz"]]));
        Assert.Contains("it is compressed", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_damaged_anywhere_is_read_or_refused_but_never_a_crash()
    {
        Npz.Write(_folder["films.npz"], _arrays);
        var good = File.ReadAllBytes(_folder["films.npz"]);
        Gen.Select(Gen.Int[0, good.Length], Gen.Int[1, 900].Array[0, 3], Gen.Byte, Gen.Bool).Sample(
            (length, places, value, cut) =>
            {
                var path = _folder[$"{Guid.NewGuid():N}.npz"];
                var bad = cut ? good[..length] : good.ToArray();
                foreach (var place in places.Where(place => place <= bad.Length)) bad[^place] = value; // in the directory, where the sizes are, and before it
                File.WriteAllBytes(path, bad);
                try
                {
                    using var films = PackedDataset.Read([path]);
                    using var batch = films.Films([0, 11], CPU);
                }
                catch (TrainingFailedException)
                {
                }
                File.Delete(path);
            },
            iter: 500,
            threads: 1);
    }

    [Fact]
    public void Patient_in_two_splits_is_refused_with_the_number_of_such_patients()
    {
        _arrays["splits"] = Npz.Array<byte>("|u1", "12,", [0, 1, 0, 2, 0, 0, 1, 1, 2, 2, 0, 0]);
        Assert.Contains("2 patient(s)", Refused(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "train")]
    [InlineData(1, "validation")]
    [InlineData(2, "test")]
    public void Empty_split_is_refused_by_name(byte empty, string name)
    {
        byte[] splits = [0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2];
        _arrays["splits"] = Npz.Array<byte>("|u1", "12,", [.. splits.Select(split => split == empty ? (byte)((empty + 1) % 3) : split)]);
        Assert.Contains($"the {name} split holds no film", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_array_is_named_with_what_there_is()
    {
        _arrays.Remove("patients");
        var reason = Refused();
        Assert.Contains("array 'patients': it is missing", reason, StringComparison.Ordinal);
        Assert.Contains("images.npy", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_element_type_is_named()
    {
        _arrays["labels"] = Npz.Array<int>("<i4", "12,", new int[12]);
        Assert.Contains("array 'labels': its elements are <i4; <i8 is needed", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void Fortran_order_is_refused()
    {
        _arrays["images"] = Npz.Array<byte>("|u1", "12, 16, 16", new byte[12 * 256], fortran: true);
        Assert.Contains("Fortran order", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_number_of_dimensions_is_named()
    {
        _arrays["images"] = Npz.Array<byte>("|u1", "12, 256", new byte[12 * 256]);
        Assert.Contains("array 'images': its shape is (12, 256)", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void Array_that_ends_early_is_called_damaged()
    {
        _arrays["images"] = _arrays["images"][..^1];
        Assert.Contains("array 'images': it ends before its last element", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void Label_out_of_range_is_named_with_its_film()
    {
        _arrays["labels"] = Npz.Array<long>("<i8", "12,", [0, 0, 1, 1, 2, 3, 0, 0, 0, 0, 0, 0]);
        Assert.Contains("film 5 has label 3", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_of_films_that_disagree_are_refused()
    {
        _arrays["patients"] = Npz.Array<long>("<i8", "11,", new long[11]);
        Assert.Contains("12 labels, 12 splits and 11 patients", Refused(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not a zip")]
    [InlineData(null)]
    public void File_that_is_no_archive_or_absent_is_named(string? content)
    {
        if (content is not null) File.WriteAllText(_folder["films.npz"], content);
        var problem = Assert.Throws<TrainingFailedException>(() => PackedDataset.Read([_folder["films.npz"]]));
        Assert.Contains(_folder["films.npz"], problem.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private string Refused() => Assert.Throws<TrainingFailedException>(() => Read().Dispose()).Message;

    /// <summary>Films of 4 x 5 pixels, the splits in the order of the film numbers, in files of as many films as <paramref name="counts"/> says.</summary>
    private string[] Shards(byte[] images, int[] counts, Func<int, long> patientOf)
    {
        byte[] splits = [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2];
        var first = 0;
        List<string> paths = [];
        foreach (var count in counts)
        {
            var path = _folder[$"shard-{paths.Count}.npz"];
            Npz.Write(path, new Dictionary<string, byte[]>
            {
                ["images"] = Npz.Array<byte>("|u1", $"{count}, 4, 5", images.AsSpan(first * 20, count * 20)),
                ["labels"] = Npz.Array<long>("<i8", $"{count},", new long[count]),
                ["splits"] = Npz.Array<byte>("|u1", $"{count},", splits.AsSpan(first, count)),
                ["patients"] = Npz.Array<long>("<i8", $"{count},", [.. Enumerable.Range(first, count).Select(patientOf)]),
            });
            paths.Add(path);
            first += count;
        }
        return [.. paths];
    }

    private FilmSet Read()
    {
        Npz.Write(_folder["films.npz"], _arrays);
        return PackedDataset.Read([_folder["films.npz"]]);
    }
}
