using Microsoft.Extensions.Options;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Worker.Devices;

/// <summary>
/// What this worker trains on: each GPU by one run at a time, its CPU by as many as the options say. A GPU is also reserved against other workers of the
/// same machine, by a locked file that the system lets go when the process ends, however it ends.
/// </summary>
internal sealed class ComputeSlots(IOptions<WorkerOptions> options)
{
    private readonly Lock _lock = new();
    private readonly List<string> _freeGpus = [];
    private int _gpus;
    private int _freeCpus = options.Value.Concurrency;

    /// <summary>Tells how many GPUs there are, before the first run is taken.</summary>
    public void UseGpus(int count)
    {
        lock (_lock)
        {
            _freeGpus.AddRange(ComputeSlot.VisibleGpus(count));
            _gpus = _freeGpus.Count;
        }
    }

    /// <summary>A device that meets the need, or null while all of them are taken.</summary>
    public ComputeSlot? TryTake(ComputeNeed need)
    {
        lock (_lock)
        {
            return need == ComputeNeed.Gpu || (need == ComputeNeed.Any && _gpus > 0) ? TryTakeGpu() : TryTakeCpu();
        }
    }

    private ComputeSlot? TryTakeCpu()
    {
        if (_freeCpus == 0) return null;
        _freeCpus--;
        return ComputeSlot.OfCpu(ThreadsEach(options.Value.Concurrency), () =>
        {
            lock (_lock) _freeCpus++;
        });
    }

    private ComputeSlot? TryTakeGpu()
    {
        foreach (var gpu in _freeGpus)
        {
            if (TryReserve(gpu) is not { } reservation) continue; // another worker of this machine has it
            _freeGpus.Remove(gpu);
            return ComputeSlot.OfGpu(gpu, ThreadsEach(_gpus), () =>
            {
                lock (_lock) _freeGpus.Add(gpu);
                reservation.Dispose();
            });
        }
        return null;
    }

    private static int ThreadsEach(int runs) => Math.Max(1, Environment.ProcessorCount / runs);

    private static FileStream? TryReserve(string gpu)
    {
        try
        {
            return new FileStream(
                Path.Combine(Path.GetTempPath(), $"xraymlops-{gpu}.reserved"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
