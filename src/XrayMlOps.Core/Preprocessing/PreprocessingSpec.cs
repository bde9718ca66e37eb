using System.Text;
using System.Text.Json;
using XrayMlOps.Core.Blobs;

namespace XrayMlOps.Core.Preprocessing;

/// <summary>
/// How the bytes of a film become the numbers a network sees. It is data, its hash names it, and the ONNX file carries it:
/// training and serving cannot disagree. Decoded grey pixels (0 to 255) are resampled to <see cref="Height"/> x
/// <see cref="Width"/>, ignoring the aspect ratio, and divided by 255.
/// </summary>
public sealed record PreprocessingSpec
{
    public static PreprocessingSpec Default { get; } = new();

    /// <summary>Pixels, 8 to 1,024.</summary>
    public int Height { get; init; } = 256;

    /// <summary>Pixels, 8 to 1,024.</summary>
    public int Width { get; init; } = 256;

    /// <summary><c>gray</c>: one channel; colour is reduced by BT.601 luma.</summary>
    public string Colour { get; init; } = "gray";

    /// <summary><c>area</c>: each output pixel is the mean of the input area it covers.</summary>
    public string Interpolation { get; init; } = "area";

    /// <summary><c>unit</c>: pixel / 255, a float32 in [0, 1].</summary>
    public string Normalisation { get; init; } = "unit";

    /// <summary>Names the spec: the SHA-256 of its compact JSON.</summary>
    public string Hash() => Digest.Of(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(this, XrayJson.Compact)));

    /// <summary>What this build cannot honour in the spec, one message each; empty if it can.</summary>
    public IReadOnlyList<string> Problems()
    {
        List<string> problems = [];
        if (Height is < 8 or > 1024 || Width is < 8 or > 1024) problems.Add($"preprocessing: {Height} x {Width} pixels; both must be 8 to 1,024");
        if (Colour != "gray") problems.Add($"preprocessing: colour '{Colour}' is unknown; this build knows 'gray'");
        if (Interpolation != "area") problems.Add($"preprocessing: interpolation '{Interpolation}' is unknown; this build knows 'area'");
        if (Normalisation != "unit") problems.Add($"preprocessing: normalisation '{Normalisation}' is unknown; this build knows 'unit'");
        return problems;
    }
}
