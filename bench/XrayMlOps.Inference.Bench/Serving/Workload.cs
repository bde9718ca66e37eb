using XrayMlOps.Inference.Bench.Load;
using XrayMlOps.Testing;

namespace XrayMlOps.Inference.Bench.Serving;

/// <param name="Requests">Sent in turn.</param>
internal sealed record Workload(string Name, IReadOnlyList<byte[]> Requests)
{
    /// <summary>Every kind that there is on this machine, each for a host.</summary>
    public static IReadOnlyList<Func<Uri, Workload>> Kinds =>
        RealFilms.Find("originals") is [] ? [host => Tensors(host)] : [host => Tensors(host), host => JpegsOrNull(host)!];

    public static IReadOnlyList<Workload> All(Uri host) => [.. Kinds.Select(kind => kind(host))];

    /// <param name="asGrey">Whether as UINT8 rather than as FP32.</param>
    public static Workload Tensors(Uri host, bool asGrey = false) =>
        new(asGrey ? "UINT8 tensors" : "FP32 tensors", [.. TensorFilm.All.Select(film => RequestBytes.Tensor(host, Platform.Model, film, asGrey))]);

    /// <summary>Films at native resolution; null where they are not here.</summary>
    /// <param name="path">Takes a JPEG as the body of a POST.</param>
    public static Workload? JpegsOrNull(Uri server, string path = "/v1/predict") => RealFilms.Find("originals") is { Length: > 0 } files
        ? new Workload("films", [.. files.Select(file => RequestBytes.Jpeg(server, path, File.ReadAllBytes(file)))])
        : null;
}
