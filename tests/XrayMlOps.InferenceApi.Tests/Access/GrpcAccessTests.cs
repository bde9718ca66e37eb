using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using XrayMlOps.InferenceApi.OpenInference.Messages;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.InferenceApi.Tests.Access;

public sealed class GrpcAccessTests
{
    private const string Viewer = "key-of-the-viewer-0123456789";

    [Theory]
    [InlineData(null, "ServerLive", StatusCode.OK)]
    [InlineData(null, "ServerMetadata", StatusCode.Unauthenticated)]
    [InlineData(null, "ModelInfer", StatusCode.Unauthenticated)]
    [InlineData("xray_0123456789ab_that-nobody-has", "ModelInfer", StatusCode.Unauthenticated)]
    [InlineData(Viewer, "ServerMetadata", StatusCode.OK)]
    [InlineData(Viewer, "ModelInfer", StatusCode.PermissionDenied)]
    [InlineData(TestKey.Text, "ModelInfer", StatusCode.Unavailable)] // in, and nothing is served
    [InlineData(TestKey.Text, "NoSuchMethod", StatusCode.Unimplemented)]
    public async Task Method_answers_who_may_call_it(string? key, string method, StatusCode expected)
    {
        using var cache = new TemporaryFolder();
        await using var controlPlane = await FakeControlPlane.StartAsync();
        await using var host = await InferenceHost.StartAsync(
            cache, controlPlane.Url, null,
            [("Inference:GrpcUrl", "http://127.0.0.1:0"), ("urls", "http://127.0.0.1:0"), .. TestKey.Declare("viewer", Viewer, "viewer").Select(setting => (setting.Key, setting.Value!))]);
        using var channel = GrpcChannel.ForAddress(host.Urls.Last());
        var headers = new Metadata();
        if (key is not null) headers.Add("x-api-key", key);

        var call = channel.CreateCallInvoker().AsyncUnaryCall(
            new Method<byte[], byte[]>(MethodType.Unary, "inference.GRPCInferenceService", method, Marshallers.Create(bytes => bytes, bytes => bytes), Marshallers.Create(bytes => bytes, bytes => bytes)),
            null, new CallOptions(headers, cancellationToken: TestContext.Current.CancellationToken), new ModelInferRequest { ModelName = method == "ModelInfer" ? "nothing" : "" }.ToByteArray());
        var status = StatusCode.OK;
        try
        {
            await call;
        }
        catch (RpcException refused)
        {
            status = refused.StatusCode;
            if (key is not null) Assert.DoesNotContain(key, refused.Status.Detail, StringComparison.Ordinal);
        }

        Assert.Equal(expected, status);
    }
}
