using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using XrayMlOps.Core.Predictions;
using XrayMlOps.InferenceApi.OpenInference.Messages;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.InferenceApi.Tests.OpenInference;

public sealed class OpenInferenceGrpcTests : IAsyncLifetime
{
    private readonly TinyModel _model = new() { Weights = [4f, 0f, -4f], Bias = [-2f, 0.5f, 2f] };
    private readonly TemporaryFolder _cache = new();
    private FakeControlPlane _controlPlane = null!;
    private InferenceHost _host = null!;
    private ServedModel _served = null!;
    private GrpcChannel _channel = null!;

    public async ValueTask InitializeAsync()
    {
        _controlPlane = await FakeControlPlane.StartAsync();
        _served = _controlPlane.Promote(_model, 3);
        _host = await InferenceHost.StartAsync(_cache, _controlPlane.Url, null, ("Inference:GrpcUrl", "http://127.0.0.1:0"), ("urls", "http://127.0.0.1:0"));
        await _host.ServesAsync(_served);
        _channel = GrpcChannel.ForAddress(_host.Urls.Last(), new GrpcChannelOptions { HttpClient = new HttpClient().WithTestKey(), DisposeHttpClient = true });
    }

    [Fact]
    public async Task ModelInfer_raw_tensors_answers_each_film()
    {
        var request = Films(3);
        request.Id = "7";
        request.RawInputContents.Add(ByteString.CopyFrom(TensorRequest.Gray(0, 128, 255)));
        var answer = await CallAsync<ModelInferRequest, ModelInferResponse>("ModelInfer", request, ModelInferResponse.Parser);

        Assert.Equal(("chest-xray", "3", "7"), (answer.ModelName, answer.ModelVersion, answer.Id));
        Assert.Equal(["probabilities", "label", "abstain", "prediction_id"], answer.Outputs.Select(output => output.Name));
        Assert.Equal([3, 3], answer.Outputs[0].Shape);
        AssertProbabilities(answer.RawOutputContents[0], 0, 128, 255);
    }

    [Fact]
    public async Task ModelInfer_typed_tensors_and_encoded_films_answer_alike()
    {
        var typed = Films(1);
        typed.Inputs[0].Contents = new InferTensorContents { Fp32Contents = { Enumerable.Repeat(200 / 255f, 32 * 48) } };
        var encoded = new ModelInferRequest { ModelName = "chest-xray", ModelVersion = "3", Inputs = { Images(1) }, RawInputContents = { ByteString.CopyFrom(TensorRequest.Encoded(TestFilm.Png(200))) } };
        var listed = new ModelInferRequest { ModelName = "chest-xray", Inputs = { Images(1) } };
        listed.Inputs[0].Contents = new InferTensorContents { BytesContents = { ByteString.CopyFrom(TestFilm.Png(200)) } };
        var grey = Films(1, "UINT8");
        grey.RawInputContents.Add(ByteString.CopyFrom(TensorRequest.GreyBytes(200)));
        var typedGrey = Films(1, "UINT8");
        typedGrey.Inputs[0].Contents = new InferTensorContents { UintContents = { Enumerable.Repeat(200u, 32 * 48) } };
        foreach (var request in (ModelInferRequest[])[typed, encoded, listed, grey, typedGrey])
        {
            request.Outputs.Add(new ModelInferRequest.Types.InferRequestedOutputTensor { Name = "probabilities" });
            var answer = await CallAsync<ModelInferRequest, ModelInferResponse>("ModelInfer", request, ModelInferResponse.Parser);
            AssertProbabilities(Assert.Single(answer.RawOutputContents), 200);
        }
    }

    [Fact]
    public async Task ModelInfer_malformed_says_what_is_wrong()
    {
        var shortTensor = Films(2);
        shortTensor.RawInputContents.Add(ByteString.CopyFrom(TensorRequest.Gray(1)));
        await RefusedAsync(shortTensor, StatusCode.InvalidArgument, "2 films are 12288");
        var tooBright = Films(1, "UINT8");
        tooBright.Inputs[0].Contents = new InferTensorContents { UintContents = { Enumerable.Range(0, 32 * 48).Select(element => element == 9 ? 256u : 255u) } };
        await RefusedAsync(tooBright, StatusCode.InvalidArgument, "element 9 is 256");
        await RefusedAsync(new ModelInferRequest { ModelName = "chest-xray" }, StatusCode.InvalidArgument, "There are 0 inputs");
        await RefusedAsync(new ModelInferRequest { ModelName = "chest-xray", ModelVersion = "9" }, StatusCode.NotFound, "no chest-xray:9");
        await RefusedAsync(new ModelInferRequest(), StatusCode.InvalidArgument, "names no model");
        var noFilm = new ModelInferRequest { ModelName = "chest-xray", Inputs = { Images(1) }, RawInputContents = { ByteString.CopyFrom(TensorRequest.Encoded([1, 2, 3])) } };
        await RefusedAsync(noFilm, StatusCode.InvalidArgument, "unknown type");
    }

    [Fact]
    public async Task Message_that_is_none_is_the_caller_s_fault()
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(() => CallAsync<ModelInferRequest, ModelInferResponse>("ModelInfer", new(), ModelInferResponse.Parser, _ => [0x0A, 0xFF]));
        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.Contains("cannot be read", refusal.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Descriptions_are_those_of_rest()
    {
        Assert.True((await CallAsync<ServerLiveRequest, ServerLiveResponse>("ServerLive", new(), ServerLiveResponse.Parser)).Live);
        Assert.True((await CallAsync<ServerReadyRequest, ServerReadyResponse>("ServerReady", new(), ServerReadyResponse.Parser)).Ready);
        Assert.True((await CallAsync<ModelReadyRequest, ModelReadyResponse>("ModelReady", new() { Name = "chest-xray" }, ModelReadyResponse.Parser)).Ready);
        var server = await CallAsync<ServerMetadataRequest, ServerMetadataResponse>("ServerMetadata", new(), ServerMetadataResponse.Parser);
        Assert.Equal("xraymlops", server.Name);
        var model = await CallAsync<ModelMetadataRequest, ModelMetadataResponse>("ModelMetadata", new() { Name = "chest-xray" }, ModelMetadataResponse.Parser);
        Assert.Equal(["films", "images"], model.Inputs.Select(input => input.Name));
        Assert.Equal([-1, 1, 32, 48], model.Inputs[0].Shape);
        var index = await CallAsync<RepositoryIndexRequest, RepositoryIndexResponse>("RepositoryIndex", new() { Ready = true }, RepositoryIndexResponse.Parser);
        Assert.Equal(("chest-xray", "3", "READY"), (index.Models[0].Name, index.Models[0].Version, index.Models[0].State));
    }

    [Fact]
    public async Task Rest_is_where_it_was() => Assert.Equal(3, (await _host.PredictAsync(TestFilm.Png(1))).Model.Version);

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _host.DisposeAsync();
        await _controlPlane.DisposeAsync();
        _cache.Dispose();
    }

    private static ModelInferRequest Films(int count, string datatype = "FP32") => new()
    {
        ModelName = "chest-xray",
        Inputs = { new ModelInferRequest.Types.InferInputTensor { Name = "films", Datatype = datatype, Shape = { count, 1, 32, 48 } } },
    };

    private static ModelInferRequest.Types.InferInputTensor Images(int count) => new() { Name = "images", Datatype = "BYTES", Shape = { count } };

    private async Task RefusedAsync(ModelInferRequest request, StatusCode code, string reason)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(() => CallAsync<ModelInferRequest, ModelInferResponse>("ModelInfer", request, ModelInferResponse.Parser));
        Assert.Equal(code, refusal.StatusCode);
        Assert.Contains(reason, refusal.Status.Detail, StringComparison.Ordinal);
    }

    private async Task<TResponse> CallAsync<TRequest, TResponse>(string name, TRequest request, MessageParser<TResponse> parser, Func<TRequest, byte[]>? write = null)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        var method = new Method<TRequest, TResponse>(
            MethodType.Unary, "inference.GRPCInferenceService", name,
            Marshallers.Create(write ?? (message => message.ToByteArray()), _ => throw new NotSupportedException()), Marshallers.Create<TResponse>(message => message.ToByteArray(), parser.ParseFrom));
        var options = new CallOptions(deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(30), cancellationToken: TestContext.Current.CancellationToken);
        using var call = _channel.CreateCallInvoker().AsyncUnaryCall(method, null, options, request);
        return await call.ResponseAsync;
    }

    private void AssertProbabilities(ByteString raw, params byte[] grays)
    {
        var actual = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(raw.Span);
        var expected = grays.SelectMany(gray => _model.Expected(gray / 255.0)).ToArray();
        Assert.Equal(expected.Length, actual.Length);
        for (var index = 0; index < expected.Length; index++) Assert.Equal(expected[index], actual[index], 1e-5);
    }
}
