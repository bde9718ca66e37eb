using System.Globalization;
using XrayMlOps.Core.Models;
using XrayMlOps.Inference;
using XrayMlOps.InferenceApi.Models;

namespace XrayMlOps.InferenceApi.OpenInference;

/// <summary>What the server says of itself and its models, over either transport.</summary>
internal static class ServerDescription
{
    private const string Platform = "onnx_onnxv1";
    private const string Ready = "READY", Unavailable = "UNAVAILABLE";

    public static ServerMessage Server { get; } =
        new("xraymlops", typeof(ServerDescription).Assembly.GetName().Version!.ToString(3), ["binary_tensor_data", "model_repository"]);

    /// <param name="name">As it was asked for.</param>
    public static ModelMessage Describe(string name, ModelLease lease)
    {
        var spec = lease.Session.Preprocessing;
        var outputs = OutputTensors.All.Where(kind => kind != OutputKind.ClassActivation || lease.Session.Explanation is not null);
        return new ModelMessage(
            name, [lease.Model.Version.ToString(CultureInfo.InvariantCulture)], Platform,
            [new TensorMessage(ModelMetadata.FilmsInput, "FP32", [-1, 1, spec.Height, spec.Width]), new TensorMessage(InferInput.Images, "BYTES", [-1])],
            [.. outputs.Select(kind => new TensorMessage(OutputTensors.Name(kind), OutputTensors.Datatype(kind), OutputTensors.Shape(kind, -1, (-1, -1))))]);
    }

    /// <summary>Every model that is served or should be; other aliases and versions are loaded when they are asked for.</summary>
    public static IReadOnlyList<RepositoryModelMessage> Index(ServedModels models, bool onlyReady) =>
    [
        .. models.All.Select(model => new RepositoryModelMessage(
            model == models.Champion ? model.Reference.Name : model.Reference.ToString(),
            model.Slot.Model?.Version.ToString(CultureInfo.InvariantCulture) ?? "",
            model.Slot.Model is null ? Unavailable : Ready,
            model.Problem ?? ""))
            .Where(model => !onlyReady || model.State == Ready),
    ];
}
