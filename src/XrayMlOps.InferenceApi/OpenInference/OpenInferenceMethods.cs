using Google.Protobuf;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using XrayMlOps.InferenceApi.OpenInference.Messages;
using XrayMlOps.ServiceDefaults.Access;

namespace XrayMlOps.InferenceApi.OpenInference;

/// <summary>
/// The methods of <c>GRPCInferenceService</c>. They are bound here rather than by generated code, which would answer a message that cannot be read as if
/// this service had failed.
/// </summary>
internal sealed class OpenInferenceMethods : IServiceMethodProvider<OpenInferenceService>
{
    private const string Service = "inference.GRPCInferenceService";

    // For probes, which know no key.
    private static readonly AllowAnonymousAttribute s_everyone = new();

    public void OnServiceMethodDiscovery(ServiceMethodProviderContext<OpenInferenceService> context)
    {
        Add("ServerLive", s_everyone, ServerLiveRequest.Parser, ServerLiveResponse.Parser, (_, _, _) => OpenInferenceService.ServerLive());
        Add("ServerReady", s_everyone, ServerReadyRequest.Parser, ServerReadyResponse.Parser, (service, _, _) => service.ServerReady());
        Add("ModelReady", new AuthorizeAttribute(Policies.Known), ModelReadyRequest.Parser, ModelReadyResponse.Parser, (service, request, call) => service.ModelReady(request, call));
        Add("ServerMetadata", new AuthorizeAttribute(Policies.Known), ServerMetadataRequest.Parser, ServerMetadataResponse.Parser, (_, _, _) => OpenInferenceService.ServerMetadata());
        Add("ModelMetadata", new AuthorizeAttribute(Policies.Known), ModelMetadataRequest.Parser, ModelMetadataResponse.Parser, (service, request, call) => service.ModelMetadata(request, call));
        Add("ModelInfer", new AuthorizeAttribute(Policies.Predict), ModelInferRequest.Parser, ModelInferResponse.Parser, (service, request, call) => service.ModelInfer(request, call));
        Add("RepositoryIndex", new AuthorizeAttribute(Policies.Known), RepositoryIndexRequest.Parser, RepositoryIndexResponse.Parser, (service, request, _) => service.RepositoryIndex(request));

        void Add<TRequest, TResponse>(
            string name, object access, MessageParser<TRequest> request, MessageParser<TResponse> response, UnaryServerMethod<OpenInferenceService, TRequest, TResponse> answer)
            where TRequest : class, IMessage<TRequest>
            where TResponse : class, IMessage<TResponse> =>
            context.AddUnaryMethod(new Method<TRequest, TResponse>(MethodType.Unary, Service, name, Marshaller(request), Marshaller(response)), [access], answer);
    }

    private static Marshaller<T> Marshaller<T>(MessageParser<T> parser)
        where T : IMessage<T> => Marshallers.Create(Write, context => Read(parser, context));

    private static void Write<T>(T message, SerializationContext context)
        where T : IMessage<T>
    {
        context.SetPayloadLength(message.CalculateSize());
        message.WriteTo(context.GetBufferWriter());
        context.Complete();
    }

    private static T Read<T>(MessageParser<T> parser, DeserializationContext context)
        where T : IMessage<T>
    {
        try
        {
            return parser.ParseFrom(context.PayloadAsReadOnlySequence());
        }
        catch (InvalidProtocolBufferException malformed)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, $"The message cannot be read: {malformed.Message}"));
        }
    }
}
