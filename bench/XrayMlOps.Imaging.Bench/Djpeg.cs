using System.Diagnostics;

namespace XrayMlOps.Imaging.Bench;

/// <summary>libjpeg-turbo's own decoder, a process a film, run by one shell a core.</summary>
internal sealed class Djpeg(string tool)
{
    // 1 x 1, grey.
    private const string SmallestJpeg =
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8QEBEQCgwSExIQEw8QEBD/wAALCAABAAEB" +
        "AREA/8QAFAABAAAAAAAAAAAAAAAAAAAACf/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AVN//2Q==";

    /// <summary>Null where libjpeg-turbo's tools are not installed.</summary>
    public static Djpeg? Find() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, "djpeg")).FirstOrDefault(File.Exists) is { } tool ? new Djpeg(tool) : null;

    /// <summary>Decodes every film to grey, scaled by 1/<c>Scale</c>, and throws the pixels away.</summary>
    public void Decode(IReadOnlyList<(string File, int Scale)> films, int processes)
    {
        var shells = Enumerable.Range(0, processes).Select(_ => Process.Start(new ProcessStartInfo("/bin/sh", ["-e"]) { RedirectStandardInput = true })!).ToArray();
        foreach (var (i, film) in films.Index())
            shells[i % processes].StandardInput.WriteLine($"'{tool}' -grayscale -scale 1/{film.Scale} -pnm -outfile /dev/null '{film.File}'");
        foreach (var shell in shells) shell.StandardInput.Close();
        foreach (var shell in shells)
        {
            shell.WaitForExit();
            if (shell.ExitCode != 0) throw new InvalidOperationException($"djpeg failed with exit code {shell.ExitCode}; it says why above.");
            shell.Dispose();
        }
    }

    /// <summary>Does as many times nothing but start and read a film of one pixel.</summary>
    public void Start(int times, int processes)
    {
        var film = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(film, Convert.FromBase64String(SmallestJpeg));
            Decode([.. Enumerable.Repeat((film, 1), times)], processes);
        }
        finally
        {
            File.Delete(film);
        }
    }
}
