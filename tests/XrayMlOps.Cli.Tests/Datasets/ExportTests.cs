using Parquet.Serialization;
using SkiaSharp;
using XrayMlOps.Cli.Datasets.Export;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Tests.Datasets;

public sealed class ExportTests(Platform platform) : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Export_that_is_pushed_again_has_the_same_films()
    {
        var exported = await Export("jsonl");
        Assert.Equal(120, exported.Written);
        var manifest = await File.ReadAllBytesAsync(Path.Combine(_folder.Path, "manifest.jsonl"), TestContext.Current.CancellationToken);
        Assert.Equal(exported.Version.Digest, Digest.Of(manifest));

        var pushed = await XrayRun.Json<Platform.PushedDataset>("dataset", "push", _folder.Path, "--name", "again", "--no-pack", "--server", platform.Server);
        Assert.Equal((0, 120, 0), (pushed.Uploaded, pushed.Version.Images, pushed.Rejected.Count));
        var diff = await XrayRun.Json<DatasetDiff>("dataset", "diff", $"{Platform.Dataset}@1", "again@1", "--server", platform.Server);
        Assert.Equal(0, diff.Added.Concat(diff.Removed).Sum(counts => counts.Total));
        Assert.Empty(diff.Relabelled);
    }

    [Fact]
    public async Task Export_that_is_run_again_keeps_what_is_right_and_mends_the_rest()
    {
        await Export("jsonl");
        var files = Directory.GetFiles(Path.Combine(_folder.Path, "virus"));
        File.Delete(files[0]);
        await File.WriteAllTextAsync(files[1], "damaged", TestContext.Current.CancellationToken);
        var bytes = await File.ReadAllBytesAsync(files[2], TestContext.Current.CancellationToken);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(files[2], bytes, TestContext.Current.CancellationToken);
        var again = await Export("jsonl");
        Assert.Equal((3, 117), (again.Written, again.Kept));
        Assert.Equal(0, (await Export("jsonl")).Written);
    }

    [Fact]
    public async Task Export_as_parquet_reads_back_as_the_manifest()
    {
        await Export("parquet");
        var films = await XrayRun.Json<ManifestEntry[]>("dataset", "films", $"{Platform.Dataset}@1", "--limit", "1000", "--server", platform.Server);
        await using var file = File.OpenRead(Path.Combine(_folder.Path, "manifest.parquet"));
        var rows = (await ParquetSerializer.DeserializeUntypedAsync(file, cancellationToken: TestContext.Current.CancellationToken)).Data;
        Assert.Equal(["digest", "label", "patient", "split", "file", "bytes", "width", "height", "perceptualHash"], rows[0].Keys);
        Assert.Equal(
            films.Select(film => (film.Digest, film.Label.Name(), film.Patient, film.File, film.Bytes, film.Width)),
            rows.Select(row => ((string)row["digest"]!, (string)row["label"]!, (string)row["patient"]!, (string)row["file"]!, (long)row["bytes"]!, (int)row["width"]!)));
    }

    [Fact]
    public void Paths_of_films_stay_in_the_folder_and_apart_whatever_their_names()
    {
        string[] files =
            ["a/x.jpeg", "b/x.jpeg", "c/X.JPEG", "CON.png", "aux", "a:b?.png", ".hidden.png", "trailing. ", "e\u0301\u0007.png", new string('n', 900) + ".jpeg", "-rf.png", "x-000000000000.jpeg"];
        var films = files.Select((file, index) => new ManifestEntry
        {
            Digest = index.ToString("x12").PadRight(64, '0'),
            File = file,
            Label = ImageLabel.Normal,
            Patient = "p",
            Split = Split.Train,
            Bytes = 1,
            Width = 1,
            Height = 1,
        }).ToArray();
        var paths = ExportPaths.Of(films);
        Assert.Equal(files.Length, paths.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(paths, path => Assert.Null(FilmFile.ProblemOf(path)));
        Assert.All(paths, path => Assert.Matches(@"^normal/[^.<>:""|?*\\/-][^<>:""|?*\\/\x00-\x1f]{0,199}$", path));
        Assert.DoesNotContain(paths, path => path is "normal/CON.png" or "normal/aux");
    }

    [Fact]
    public async Task Sheets_are_pictures_of_each_class()
    {
        var sheets = await XrayRun.Json<Sheet[]>(
            "dataset", "sheet", $"{Platform.Dataset}@1", "--out", _folder.Path, "--films", "5", "--columns", "3", "--server", platform.Server);
        Assert.Equal(["normal.png", "bacteria.png", "virus.png"], sheets.Take(3).Select(sheet => Path.GetFileName(sheet.File)));
        foreach (var sheet in sheets)
        {
            using var picture = SKBitmap.Decode(sheet.File);
            Assert.True(picture.Width > 3 * 256 && picture.Height > 256, $"{sheet.File} has {picture.Width} x {picture.Height} pixels");
        }
        Assert.Equal(5, sheets.Single(sheet => sheet.File.EndsWith("virus.png", StringComparison.Ordinal)).Films);
    }

    private Task<ExportOutcome> Export(string manifest) =>
        XrayRun.Json<ExportOutcome>("dataset", "export", $"{Platform.Dataset}@1", _folder.Path, "--manifest", manifest, "--server", platform.Server);

    private sealed record Sheet(string File, int Films);
}
