using XrayMlOps.Core.Datasets;
using XrayMlOps.Training.Data;
using XrayMlOps.Training.Tests.Fixtures;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Tests.Data;

public sealed class ResidencyTests
{
    [Fact]
    public void Films_brought_into_memory_are_those_of_the_file_and_outlive_it()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        Npz.Write(folder["films.npz"], new TinyDataset().Arrays());
        using var films = PackedDataset.Read([folder["films.npz"]]);
        int[] positions = [59, 0, 7, 7];
        var (mapped, labels) = (films.Films(positions, CPU), films.LabelsOf(positions, CPU));

        films.BringTo(CPU);
        File.Delete(folder["films.npz"]);

        Assert.True(mapped.Equals(films.Films(positions, CPU)));
        Assert.True(labels.Equals(films.LabelsOf(positions, CPU)));
        Assert.Equal((16, 16, 36), (films.Height, films.Width, films.Of(Split.Train).Length));
    }

    [Theory]
    [InlineData(2 * 3 * 4 * 5, true)]
    [InlineData(2 * 3 * 4 * 5 - 1, false)]
    public void Films_fit_where_they_take_half_of_what_is_free(long freeBytes, bool fits)
    {
        using var films = new MappedFilms(height: 4, width: 5);
        films.Add(new MemoryStream(new byte[3 * 4 * 5]), films: 3);
        Assert.Equal(fits, Residency.Fits(films, freeBytes));
    }
}
