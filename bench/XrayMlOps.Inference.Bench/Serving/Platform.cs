using XrayMlOps.Core.Models;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Inference.Bench.Serving;

/// <summary>The inference host in a process of its own, beside a stand-in for the control plane in this one.</summary>
internal sealed class Platform : IAsyncDisposable
{
    public const string Model = ModelReference.DefaultName;

    private readonly DirectoryInfo _cache = Directory.CreateTempSubdirectory("xray-inference-");

    private Platform(ControlPlaneStandIn controlPlane)
    {
        ControlPlane = controlPlane;
        Host = HostWith(controlPlane.Address);
    }

    public ControlPlaneStandIn ControlPlane { get; }

    public HostProcess Host { get; }

    /// <summary>Where the host answers gRPC.</summary>
    public Uri GrpcAddress { get; } = HostProcess.FreeAddress();

    /// <summary>Starts both and waits until the first of the models is served.</summary>
    public static async Task<Platform> StartAsync(IReadOnlyList<ModelFile> models)
    {
        Platform platform = new(await ControlPlaneStandIn.StartAsync(models));
        try
        {
            await platform.Host.StartAsync();
            return platform;
        }
        catch
        {
            await platform.DisposeAsync();
            throw;
        }
    }

    /// <summary>Another host on the same cache, not started.</summary>
    public HostProcess HostWith(Uri controlPlane) => HostProcess.OfPlatform(
        "XrayMlOps.InferenceApi",
        new Dictionary<string, string>
        {
            ["Inference__Model"] = Model,
            ["Inference__Folder"] = _cache.FullName,
            ["Inference__GrpcUrl"] = GrpcAddress.OriginalString,
            ["ControlPlane__Url"] = controlPlane.OriginalString,
        },
        ready: "/v2/health/ready");

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await ControlPlane.DisposeAsync();
        _cache.Delete(recursive: true);
    }
}
