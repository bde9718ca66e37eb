using System.Globalization;

namespace XrayMlOps.Inference.Bench.Serving;

/// <summary>Memory of a process as Linux counts it, in megabytes of a million bytes.</summary>
internal readonly record struct ProcessMemory(double Resident, double Peak)
{
    public static ProcessMemory Of(int process)
    {
        var lines = File.ReadAllLines($"/proc/{process}/status");
        return new ProcessMemory(Megabytes("VmRSS:"), Megabytes("VmHWM:"));

        double Megabytes(string name) =>
            double.Parse(lines.Single(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024 / 1e6;
    }
}
