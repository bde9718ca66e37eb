using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;
using XrayMlOps.Core.Models;
using XrayMlOps.Core.Predictions;
using XrayMlOps.InferenceApi.OpenInference.Messages;

namespace XrayMlOps.InferenceApi.OpenInference;

/// <summary>Between the messages of gRPC and what both transports share.</summary>
internal static class InferMessage
{
    private const string Timeout = "timeout", Classification = "classification";

    /// <summary>Reads what a request asks for, tensors' contents apart.</summary>
    public static InferRequest Read(ModelInferRequest message)
    {
        var request = new InferRequest { Id = message.Id, BinaryOutputs = true };
        if (message.Parameters.TryGetValue(Timeout, out var timeout) && timeout.HasInt64Param && timeout.Int64Param is > 0 and <= int.MaxValue)
            request.Timeout = TimeSpan.FromMicroseconds(timeout.Int64Param);
        foreach (var input in message.Inputs) request.Inputs.Add(new InferInput { Name = input.Name, Datatype = input.Datatype, Shape = input.Shape });
        foreach (var output in message.Outputs)
        {
            if (output.Parameters.TryGetValue(Classification, out var classes) && classes.Int64Param > 0)
                throw OutputTensors.NoClassification(output.Name);
            request.Outputs.Add(new InferOutput(OutputTensors.Find(output.Name), null));
        }
        return request;
    }

    /// <summary>Takes the elements of the one input, raw or by data type.</summary>
    public static void ReadElements(ModelInferRequest message, InferFilms films)
    {
        if (message.RawInputContents.Count > 1) throw InferException.Bad($"There are {message.RawInputContents.Count} raw_input_contents for one input.");
        var raw = message.RawInputContents.Count == 1 ? message.RawInputContents[0] : null;
        var contents = message.Inputs[0].Contents ?? new InferTensorContents();
        if (films.IsEncoded && raw is not null) films.Split(raw.Memory);
        else if (films.IsEncoded) AddAll(contents, films);
        else if (raw is not null) Copy(raw.Span, films);
        else if (films.IsGrey) Copy([.. contents.UintContents.Select(Grey)], films);
        else Copy(MemoryMarshal.AsBytes<float>(contents.Fp32Contents.ToArray()), films);
    }

    public static ModelInferResponse Answer(ModelInferRequest message, ServedModel model, InferRequest request, IReadOnlyList<ScoredFilm> films)
    {
        var response = new ModelInferResponse
        {
            ModelName = message.ModelName,
            ModelVersion = model.Version.ToString(CultureInfo.InvariantCulture),
            Id = message.Id,
            Parameters =
            {
                ["digest"] = new InferParameter { StringParam = model.Digest }, ["preprocessing_hash"] = new InferParameter { StringParam = model.PreprocessingHash },
            },
        };
        foreach (var output in request.AnsweredOutputs)
        {
            response.Outputs.Add(new ModelInferResponse.Types.InferOutputTensor
            {
                Name = OutputTensors.Name(output.Kind),
                Datatype = OutputTensors.Datatype(output.Kind),
                Shape = { OutputTensors.Shape(output.Kind, films) },
            });
            var bytes = new ArrayBufferWriter<byte>(OutputTensors.BinarySize(output.Kind, films));
            OutputTensors.WriteBinary(output.Kind, films, bytes);
            response.RawOutputContents.Add(UnsafeByteOperations.UnsafeWrap(bytes.WrittenMemory));
        }
        return response;
    }

    private static void AddAll(InferTensorContents contents, InferFilms films)
    {
        if (contents.BytesContents.Count != films.Works.Count)
            throw InferException.Bad($"Input '{InferInput.Images}' has {contents.BytesContents.Count} elements; its shape says {films.Works.Count}.");
        foreach (var film in contents.BytesContents) films.Add(film.Memory);
    }

    private static byte Grey(uint element, int place) => element <= byte.MaxValue
        ? (byte)element
        : throw InferException.Bad($"Input '{ModelMetadata.FilmsInput}': element {place} is {element}, no grey value from 0 to 255.");

    private static void Copy(ReadOnlySpan<byte> tensor, InferFilms films)
    {
        var length = films.TensorBytes;
        if (tensor.Length != (long)length * films.Works.Count)
            throw InferException.Bad($"Input '{ModelMetadata.FilmsInput}' has {tensor.Length} bytes; {films.Works.Count} films are {(long)length * films.Works.Count}.");
        for (var film = 0; film < films.Works.Count; film++)
        {
            tensor.Slice(film * length, length).CopyTo(films.Tensor(film).Span);
            films.Received(film);
        }
    }
}
