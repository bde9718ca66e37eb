using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace XrayMlOps.InferenceApi.ControlPlane;

/// <summary>Where the control plane is: as configured, or in this very process.</summary>
internal sealed class ControlPlaneAddress(IOptions<ControlPlaneOptions> options, IServer server, IHostApplicationLifetime lifetime)
{
    // With a slash at the end, or a path in it would lose its last part.
    private Uri? _address = options.Value.Url is { } url ? new Uri($"{url.AbsoluteUri.TrimEnd('/')}/") : null;

    /// <summary>Answers the base address; without a configured one, as soon as this process listens.</summary>
    public async ValueTask<Uri> GetAsync(CancellationToken cancellationToken)
    {
        if (_address is { } known) return known;
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellationToken);
        return _address = Own(server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []);
    }

    internal static Uri Own(ICollection<string> listening)
    {
        // Plain http first: to itself the process need not prove who it is.
        var own = listening.Where(address => address.StartsWith("http", StringComparison.OrdinalIgnoreCase))
            .Select(BindingAddress.Parse)
            .OrderBy(address => address.Scheme.Equals("https", StringComparison.OrdinalIgnoreCase))
            .FirstOrDefault(address => !address.IsUnixPipe && !address.IsNamedPipe)
            ?? throw new InvalidOperationException("This process listens on no HTTP address: set ControlPlane:Url to the control plane's.");
        var host = own.Host is "0.0.0.0" or "[::]" or "+" or "*" ? "localhost" : own.Host;
        return new Uri($"{own.Scheme}://{host}:{own.Port}");
    }
}
