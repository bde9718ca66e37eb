using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Models;

namespace XrayMlOps.InferenceApi.OpenInference;

internal enum OutputKind
{
    /// <summary>FP32 [N, 3]: calibrated, in the order of <see cref="ImageLabels"/>.</summary>
    Probabilities,

    /// <summary>BYTES [N]: the most probable class's name.</summary>
    Label,

    /// <summary>BOOL [N]: whether the label is below the model's operating point.</summary>
    Abstain,

    /// <summary>BYTES [N]: by which feedback names the prediction.</summary>
    PredictionId,

    /// <summary>FP32 [N, 3, h, w]: see <see cref="ModelMetadata.ClassActivationOutput"/>; only if it is asked for.</summary>
    ClassActivation,
}

/// <summary>The outputs of the Open Inference Protocol, as tensors of either transport.</summary>
internal static class OutputTensors
{
    private static readonly string[] s_names = [ModelMetadata.ProbabilitiesOutput, "label", "abstain", "prediction_id", ModelMetadata.ClassActivationOutput];
    private static readonly string[] s_datatypes = ["FP32", "BYTES", "BOOL", "BYTES", "FP32"];

    /// <summary>In the order of <see cref="OutputKind"/>.</summary>
    public static IReadOnlyList<OutputKind> All { get; } = Enum.GetValues<OutputKind>();

    /// <summary>Where a request names none.</summary>
    public static IReadOnlyList<InferOutput> Default { get; } =
        [.. All.Where(kind => kind != OutputKind.ClassActivation).Select(kind => new InferOutput(kind, null))];

    public static string Name(OutputKind kind) => s_names[(int)kind];

    public static string Datatype(OutputKind kind) => s_datatypes[(int)kind];

    public static OutputKind Find(string? name) => Array.IndexOf(s_names, name) is >= 0 and var index
        ? (OutputKind)index
        : throw InferException.Bad($"There is no output '{name}'; there are {string.Join(", ", s_names)}.");

    /// <param name="films">N; -1 for any.</param>
    /// <param name="map">Height and width of a class activation; -1 if they are not known.</param>
    public static long[] Shape(OutputKind kind, long films, (int Height, int Width) map) => kind switch
    {
        OutputKind.Probabilities => [films, ImageLabels.Count],
        OutputKind.ClassActivation => [films, ImageLabels.Count, map.Height, map.Width],
        _ => [films],
    };

    /// <summary>Of the answer for these films.</summary>
    public static long[] Shape(OutputKind kind, IReadOnlyList<ScoredFilm> films) =>
        Shape(kind, films.Count, films[0].Work.Activation is { } activation ? (activation.Height, activation.Width) : default);

    /// <summary>What an output is answered that asks for Triton's classification extension.</summary>
    public static InferException NoClassification(string? name) =>
        InferException.Bad($"Output '{name}': the classification extension is not served; ask for '{Name(OutputKind.Label)}'.");

    /// <summary>Bytes that <see cref="WriteBinary"/> writes for so many films.</summary>
    public static int BinarySize(OutputKind kind, IReadOnlyList<ScoredFilm> films)
    {
        var size = 0;
        foreach (var film in films)
        {
            size += kind switch
            {
                OutputKind.Probabilities => sizeof(float) * ImageLabels.Count,
                OutputKind.Label => sizeof(int) + film.Work.Label.Name().Length,
                OutputKind.Abstain => sizeof(bool),
                OutputKind.PredictionId => sizeof(int) + ScoredFilm.IdLength,
                _ => sizeof(float) * film.Activation.Length,
            };
        }
        return size;
    }

    /// <summary>Little-endian elements, row by row; texts with their length, four bytes, before them.</summary>
    public static void WriteBinary(OutputKind kind, IReadOnlyList<ScoredFilm> films, IBufferWriter<byte> to)
    {
        foreach (var film in films)
        {
            switch (kind)
            {
                case OutputKind.Probabilities:
                    to.Write(MemoryMarshal.AsBytes(film.Work.Probabilities.Span));
                    break;
                case OutputKind.ClassActivation:
                    to.Write(MemoryMarshal.AsBytes(film.Activation));
                    break;
                case OutputKind.Abstain:
                    to.Write([film.Work.Abstains ? (byte)1 : (byte)0]);
                    break;
                case OutputKind.Label:
                    WriteText(film.Work.Label.Name(), to);
                    break;
                default:
                    WriteText(film.Id.ToString(), to);
                    break;
            }
        }
    }

    /// <summary>The elements of the list <c>data</c>, flat.</summary>
    public static void WriteJson(OutputKind kind, IReadOnlyList<ScoredFilm> films, Utf8JsonWriter json)
    {
        foreach (var film in films)
        {
            switch (kind)
            {
                case OutputKind.Probabilities:
                    foreach (var share in film.Work.Probabilities.Span) json.WriteNumberValue(share);
                    break;
                case OutputKind.ClassActivation:
                    foreach (var value in film.Activation) json.WriteNumberValue(value);
                    break;
                case OutputKind.Abstain:
                    json.WriteBooleanValue(film.Work.Abstains);
                    break;
                case OutputKind.Label:
                    json.WriteStringValue(film.Work.Label.Name());
                    break;
                default:
                    json.WriteStringValue(film.Id);
                    break;
            }
        }
    }

    private static void WriteText(ReadOnlySpan<char> ascii, IBufferWriter<byte> to)
    {
        var bytes = to.GetSpan(sizeof(int) + ascii.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes, ascii.Length);
        Encoding.ASCII.GetBytes(ascii, bytes[sizeof(int)..]);
        to.Advance(sizeof(int) + ascii.Length);
    }
}
