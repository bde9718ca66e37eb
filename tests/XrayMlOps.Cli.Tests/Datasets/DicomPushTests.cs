using System.Text;
using XrayMlOps.Cli.Tests.Hosting;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Tests.Datasets;

public sealed class DicomPushTests(Platform platform) : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Dicom_is_pushed_under_its_patients_key_and_nothing_that_names_the_patient_leaves_the_machine()
    {
        for (var patient = 0; patient < 9; patient++)
        {
            Write($"{(ImageLabel)(patient % 3)}/Doe^John {patient}.dcm", Dicoms.Film(2 * patient, $"HOSPITAL-{patient}"));
            Write($"{(ImageLabel)(patient % 3)}/Doe^John {patient} again", Dicoms.Film(2 * patient + 1, $"HOSPITAL-{patient}"));
        }
        Write("NORMAL/Doe^John same.dcm", Dicoms.Film(0, "HOSPITAL-0", "OTHER^SPELLING"));
        Write("NORMAL/Doe^Jane nobody.dcm", Dicoms.Film(99, patientId: null));
        Write("Doe^Jane which.dcm", Dicoms.Film(100, "HOSPITAL-99"));
        Write("NORMAL/Doe^Jane old.dcm", Dicoms.Film(101, "HOSPITAL-98")[132..]); // as before Part 10: nothing says that it is DICOM

        // A server of its own: the shared one's files are being written by other tests while they are read here.
        using var data = new TestFolder();
        using var host = await XrayProcess.UpAsync(data.Path, "none");
        var pushed = await Push("dicom", _folder.Path, host.Server);
        Assert.Equal((18, 9), (pushed.Version.Images, pushed.Version.Patients));
        Assert.Equal(["Doe^Jane which.dcm", "NORMAL/Doe^Jane nobody.dcm", "NORMAL/Doe^Jane old.dcm"], pushed.Rejected.Select(film => film.File).Order(StringComparer.Ordinal));
        Assert.Contains("PatientID", pushed.Rejected.Single(film => film.File.Contains("nobody", StringComparison.Ordinal)).Reason, StringComparison.Ordinal);
        Assert.Single(pushed.Duplicates);

        var films = await XrayRun.Json<ManifestEntry[]>("dataset", "films", "dicom", "--server", host.Server);
        Assert.All(films, film => Assert.Equal($"{film.Patient}/{film.Digest[..16]}.dcm", film.File));
        foreach (var file in Directory.EnumerateFiles(data.Path, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)))
        {
            await using var content = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(content, Encoding.Latin1);
            var text = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
            foreach (var secret in new[] { "SECRET^NAME", "HOSPITAL-", "Doe^J" }) Assert.False(text.Contains(secret, StringComparison.Ordinal), $"{file} holds {secret}");
        }
    }

    [Fact]
    public async Task Dicom_without_a_patient_takes_the_one_of_a_table_as_a_key()
    {
        StringBuilder table = new("path,label,patient\n");
        for (var patient = 0; patient < 3; patient++)
        {
            Write($"{patient}.dcm", Dicoms.Film(200 + patient, patientId: null));
            table.Append($"{patient}.dcm,normal,ward-{patient}\n");
        }
        var pushed = await Push("dicom-table", _folder.Write("films.csv", table.ToString()), platform.Server);
        Assert.Equal((3, 3), (pushed.Version.Images, pushed.Version.Patients));
        var films = await XrayRun.Json<ManifestEntry[]>("dataset", "films", "dicom-table", "--server", platform.Server);
        Assert.All(films, film => Assert.DoesNotContain("ward", film.Patient, StringComparison.Ordinal));
    }

    private void Write(string file, byte[] content)
    {
        var path = Path.Combine(_folder.Path, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
    }

    private static Task<Platform.PushedDataset> Push(string name, string path, string server) =>
        XrayRun.Json<Platform.PushedDataset>("dataset", "push", path, "--name", name, "--split", "1/1/1", "--server", server);
}
