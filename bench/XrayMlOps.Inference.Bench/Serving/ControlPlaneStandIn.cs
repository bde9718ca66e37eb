using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using XrayMlOps.Core;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Evaluation;
using XrayMlOps.Core.Models;

namespace XrayMlOps.Inference.Bench.Serving;

/// <summary>What the inference host asks of the control plane, and no more: a model's champion, its file, and somebody who takes predictions.</summary>
internal sealed class ControlPlaneStandIn : IAsyncDisposable
{
    private static readonly EvaluationReport s_report = new(0, 0, new Interval(0, 0), 0, null, 0, 0, 0, [], []);

    private readonly WebApplication _app;
    private readonly IReadOnlyList<ModelFile> _versions;
    private volatile int _champion = 1;

    private ControlPlaneStandIn(WebApplication app, IReadOnlyList<ModelFile> versions) => (_app, _versions) = (app, versions);

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>The version that the champion alias points at: from 1, in the order of the files.</summary>
    public int Champion
    {
        get => _champion;
        set => _champion = value;
    }

    public static async Task<ControlPlaneStandIn> StartAsync(IReadOnlyList<ModelFile> versions)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        ControlPlaneStandIn standIn = new(app, versions);
        app.MapGet("/api/models/{name}/aliases/{alias}", (string name, string alias) =>
            alias == ModelReference.Champion ? Results.Json(standIn.Describe(name), XrayJson.Compact) : Results.NotFound());
        app.MapGet("/api/blobs/{digest}", (string digest) =>
            versions.FirstOrDefault(version => version.Digest == digest) is { } file ? Results.File(file.Path) : Results.NotFound());
        app.MapPost("/api/predictions", async (HttpRequest request) => await request.Body.CopyToAsync(Stream.Null));
        await app.StartAsync();
        return standIn;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private ModelVersionResponse Describe(string name)
    {
        var version = _champion;
        var file = _versions[version - 1];
        return new ModelVersionResponse(
            name, version, file.Digest, file.Bytes, RunId: version, "noise@1", "model_4", file.PreprocessingHash, ImageLabels.Names, DateTimeOffset.UnixEpoch,
            [ModelReference.Champion], 0, 0, s_report);
    }
}
