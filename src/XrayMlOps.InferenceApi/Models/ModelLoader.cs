using System.Globalization;
using Microsoft.Extensions.Options;
using XrayMlOps.Core.Models;
using XrayMlOps.Core.Predictions;
using XrayMlOps.Inference;

namespace XrayMlOps.InferenceApi.Models;

/// <summary>
/// From a model's name to a session that may serve it: its file is verified by digest, its preprocessing is the registered one, and it answers films drawn by
/// rule as the trained network did. Each method that loads throws, saying why, if it does not come to that.
/// </summary>
internal sealed class ModelLoader(ModelCache cache, IOptions<InferenceOptions> options, InferenceTelemetry telemetry)
{
    private readonly ModelSessionOptions _session = new() { Device = options.Value.Device };

    public Task<ModelSession> LoadAsync(ServedModel model, CancellationToken cancellationToken) => LoadAsync(model, cache.GetAsync(model.Digest, cancellationToken));

    /// <summary>Loads it without asking the registry.</summary>
    public Task<ModelSession> LoadCachedAsync(ServedModel model, CancellationToken cancellationToken) => LoadAsync(model, ReadCachedAsync(model.Digest, cancellationToken));

    /// <summary>What was served last under a reference, if anything.</summary>
    public Task<ServedModel?> RecallAsync(ModelReference reference, CancellationToken cancellationToken) => cache.RecallAsync(reference, cancellationToken);

    public Task RememberAsync(ModelReference reference, ServedModel model, CancellationToken cancellationToken) => cache.RememberAsync(reference, model, cancellationToken);

    private async Task<ModelSession> LoadAsync(ServedModel model, Task<byte[]> reading)
    {
        using var activity = telemetry.Source.StartActivity("load model");
        activity?.SetTag("xray.model", string.Create(CultureInfo.InvariantCulture, $"{model.Name}:{model.Version}"));
        try
        {
            var onnx = await reading;
            // A second of work, which no thread that serves the network may do.
            var session = await Task.Run(() => Load(model, onnx));
            telemetry.ModelServed();
            return session;
        }
        catch
        {
            telemetry.ModelRefused();
            throw;
        }
    }

    private ModelSession Load(ServedModel model, byte[] onnx)
    {
        var session = ModelSession.Load(onnx, _session);
        try
        {
            if (session.PreprocessingHash != model.PreprocessingHash)
                throw new ModelRefusedException([$"its preprocessing is {session.PreprocessingHash}, but the registry says {model.PreprocessingHash}"]);
            session.Verify();
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private async Task<byte[]> ReadCachedAsync(string digest, CancellationToken cancellationToken) =>
        await cache.FindAsync(digest, cancellationToken) ?? throw new FileNotFoundException("Its file is not in the cache, and the registry is away.");
}
