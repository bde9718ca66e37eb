using System.Text.Json;
using XrayMlOps.Core;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Training.Jobs;

/// <summary>The folder that a trainer reads its job from and leaves its outputs in.</summary>
internal sealed record JobFolder(string Path)
{
    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    /// <exception cref="TrainingFailedException">There is no job, or it is not sound; the message lists every problem.</exception>
    public TrainingJob ReadJob()
    {
        var path = PathOf(TrainingJob.FileName);
        try
        {
            var job = JsonSerializer.Deserialize<TrainingJob>(File.ReadAllBytes(path), XrayJson.Compact) ?? throw new JsonException("the job is null");
            return JobProblems.Of(job) is { Count: > 0 } problems
                ? throw new TrainingFailedException($"{path} is not sound:\n{string.Join('\n', problems.Select(problem => $"- {problem}"))}")
                : job with { Tensors = [.. job.Tensors.Select(shard => System.IO.Path.GetFullPath(PathOf(shard)))] };
        }
        catch (Exception problem) when (problem is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new TrainingFailedException($"{path} cannot be read: {problem.Message}", problem);
        }
    }

    /// <summary>Writes a file beside itself, brings it to the disk and renames it: after a crash, it is there whole or not at all.</summary>
    public void Write(string name, Action<Stream> write)
    {
        var beside = PathOf($"{name}.partial");
        using (var stream = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20))
        {
            write(stream);
            stream.Flush(flushToDisk: true);
        }
        File.Move(beside, PathOf(name), overwrite: true);
    }
}
