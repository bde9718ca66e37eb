using XrayMlOps.Core.Datasets;
using XrayMlOps.Imaging.Phantoms;

namespace XrayMlOps.Cli.Tests;

/// <summary>A folder of a test's own.</summary>
internal sealed class TestFolder : IDisposable
{
    public TestFolder() => Path = Directory.CreateTempSubdirectory("xray-cli-tests-").FullName;

    public string Path { get; }

    public string Write(string file, string content)
    {
        var path = Prepare(file);
        File.WriteAllText(path, content);
        return path;
    }

    public string WritePhantom(string file, ImageLabel label, int patient)
    {
        var path = Prepare(file);
        File.WriteAllBytes(path, PhantomGenerator.Film(label, patient, number: 1, new PhantomOptions()));
        return path;
    }

    public void WritePhantoms(int filmsPerClass, int seed) =>
        PhantomGenerator.Write(Path, new PhantomOptions { FilmsPerClass = filmsPerClass, Seed = seed }, CancellationToken.None);

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private string Prepare(string file)
    {
        var path = System.IO.Path.Combine(Path, file);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        return path;
    }
}
