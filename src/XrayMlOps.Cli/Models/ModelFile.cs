using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Models;

namespace XrayMlOps.Cli.Models;

/// <summary>Gets the ONNX file of a model version, from a folder of files by digest or from the server; what it answers is verified.</summary>
internal sealed class ModelFile(RegistryClient client, string folder)
{
    public async Task<byte[]> ReadAsync(ModelVersionResponse version, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, $"{version.Digest}.onnx");
        if (await TryAsync(() => File.ReadAllBytesAsync(path, cancellationToken)) is { } cached && Digest.Of(cached) == version.Digest) return cached;

        using var download = new MemoryStream();
        await client.CopyBlobAsync(version.Digest, download, cancellationToken);
        var onnx = download.ToArray();
        if (Digest.Of(onnx) is var actual && actual != version.Digest)
            throw new CommandFailure(
                ExitCode.Failed, $"{version.Reference} should have SHA-256 {version.Digest}, but the server sent {actual}: its blob store is damaged.");

        await TryAsync(async () =>
        {
            Directory.CreateDirectory(folder);
            var partial = $"{path}.{Guid.NewGuid():N}.partial";
            await File.WriteAllBytesAsync(partial, onnx, cancellationToken);
            File.Move(partial, path, overwrite: true);
            return onnx;
        });
        return onnx;
    }

    /// <summary>Null where the folder cannot be used: it only saves a download.</summary>
    private static async Task<byte[]?> TryAsync(Func<Task<byte[]>> use)
    {
        try
        {
            return await use();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
