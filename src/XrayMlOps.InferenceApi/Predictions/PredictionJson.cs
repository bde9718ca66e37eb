using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using XrayMlOps.Core;
using XrayMlOps.Core.Predictions;

namespace XrayMlOps.InferenceApi.Predictions;

/// <summary>Writes the answers to <c>/v1/predict</c> without reflection, in the dialect of <see cref="XrayJson"/>, escaped as ASP.NET does.</summary>
[JsonSerializable(typeof(PredictionResponse))]
[JsonSerializable(typeof(PredictionsResponse))]
internal sealed partial class PredictionJson : JsonSerializerContext
{
    public static PredictionJson Answers { get; } =
        new(XrayJson.Configure(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
}
