using System.Text.Json;
using Microsoft.Extensions.Options;
using XrayMlOps.Core;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Models;
using XrayMlOps.Core.Predictions;
using XrayMlOps.InferenceApi.ControlPlane;

namespace XrayMlOps.InferenceApi.Models;

/// <summary>
/// Model files on this machine, <c>&lt;digest&gt;.onnx</c>, and <c>NAME@ALIAS.json</c>, which says what was served last as that: enough to
/// start without a registry. Content is verified each time that it is read; the folder failing costs downloads, never an answer.
/// </summary>
internal sealed partial class ModelCache(IOptions<InferenceOptions> options, ControlPlaneClient controlPlane, ILogger<ModelCache> logger)
{
    private readonly string _folder = Path.GetFullPath(options.Value.Folder);

    /// <summary>
    /// The model file of that digest, downloaded if it is not here. Throws <see cref="BlobDigestMismatchException"/> if the
    /// download is something else, and <see cref="ControlPlaneException"/> if there is none.
    /// </summary>
    public async Task<byte[]> GetAsync(string digest, CancellationToken cancellationToken)
    {
        if (await FindAsync(digest, cancellationToken) is { } cached) return cached;
        var onnx = await controlPlane.GetBlobAsync(digest, cancellationToken);
        if (await Task.Run(() => Digest.Of(onnx), cancellationToken) is var actual && actual != digest) throw new BlobDigestMismatchException(digest, actual);
        await WriteAsync(FileOf(digest), onnx, cancellationToken);
        return onnx;
    }

    /// <summary>The model file of that digest, if it is here and whole.</summary>
    public async Task<byte[]?> FindAsync(string digest, CancellationToken cancellationToken)
    {
        if (await ReadAsync(FileOf(digest), cancellationToken) is not { } onnx) return null;
        if (Digest.Of(onnx) == digest) return onnx;
        LogDamaged(FileOf(digest));
        return null;
    }

    public Task RememberAsync(ModelReference reference, ServedModel model, CancellationToken cancellationToken) =>
        WriteAsync(FileOf(reference), JsonSerializer.SerializeToUtf8Bytes(model, XrayJson.Compact), cancellationToken);

    /// <summary>What was served last under that reference, if anything.</summary>
    public async Task<ServedModel?> RecallAsync(ModelReference reference, CancellationToken cancellationToken)
    {
        if (await ReadAsync(FileOf(reference), cancellationToken) is not { } json) return null;
        try
        {
            return JsonSerializer.Deserialize<ServedModel>(json, XrayJson.Compact) is { } last && last.Name == reference.Name && Digest.IsValid(last.Digest) ? last : null;
        }
        catch (JsonException)
        {
            LogDamaged(FileOf(reference));
            return null;
        }
    }

    /// <summary>A colon is not allowed in file names everywhere.</summary>
    private string FileOf(ModelReference reference) => Path.Combine(_folder, $"{reference.ToString().Replace(':', '#')}.json");

    private string FileOf(string digest) => Path.Combine(_folder, $"{digest}.onnx");

    private async Task<byte[]?> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            return File.Exists(file) ? await File.ReadAllBytesAsync(file, cancellationToken) : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            LogUnusable(failure, file);
            return null;
        }
    }

    private async Task WriteAsync(string file, byte[] content, CancellationToken cancellationToken)
    {
        var partial = $"{file}.{Guid.NewGuid():N}.partial";
        try
        {
            Directory.CreateDirectory(_folder);
            await File.WriteAllBytesAsync(partial, content, cancellationToken);
            File.Move(partial, file, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            LogUnusable(failure, file);
        }
        finally
        {
            if (File.Exists(partial)) File.Delete(partial);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "{File} is damaged and is not used")]
    private partial void LogDamaged(string file);

    [LoggerMessage(2, LogLevel.Warning, "{File} cannot be used; without it a restart needs the registry. Check Inference:Folder")]
    private partial void LogUnusable(Exception failure, string file);
}
