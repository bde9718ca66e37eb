using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace XrayMlOps.Training.Bench;

/// <summary>The same network, optimizer and batch in the machine's own PyTorch, in a process with this one's environment.</summary>
/// <param name="architecture">Path of its JSON.</param>
internal sealed class PyTorchPeer(string architecture, int threads)
{
    public const string PythonVariable = "XRAY_PYTHON";
    private const double Seconds = 8;

    private static readonly string[] s_interpreters =
        Environment.GetEnvironmentVariable(PythonVariable) is { } named ? [named] : ["/usr/bin/python3", "python3"];

    private readonly string _script = Path.Combine(AppContext.BaseDirectory, "pytorch_peer.py");

    /// <summary>Null where no interpreter has PyTorch.</summary>
    /// <param name="layout"><c>channels_first</c>, PyTorch's own choice, or <c>channels_last</c>.</param>
    public PeerFigures? Measure(int batchSize, string layout) => s_interpreters.Select(python => Run(python, batchSize, layout)).FirstOrDefault(figures => figures is not null);

    private PeerFigures? Run(string python, int batchSize, string layout)
    {
        var start = new ProcessStartInfo(python, [_script, architecture, Text(batchSize), Text(threads), layout, Text(Seconds)])
        {
            RedirectStandardOutput = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? JsonSerializer.Deserialize<PeerFigures>(output, JsonSerializerOptions.Web) : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // there is no such program
        }
    }

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}

internal sealed record PeerFigures(string Version, int Threads, double FilmsPerSecond);
