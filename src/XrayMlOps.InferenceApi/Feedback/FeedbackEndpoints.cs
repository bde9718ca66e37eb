using XrayMlOps.Core.Predictions;
using XrayMlOps.InferenceApi.ControlPlane;
using XrayMlOps.InferenceApi.Predictions;
using XrayMlOps.ServiceDefaults.Access;

namespace XrayMlOps.InferenceApi.Feedback;

internal static class FeedbackEndpoints
{
    public static void MapFeedback(this RouteGroupBuilder routes) =>
        routes.MapPost("/feedback", ForwardAsync).RequireAuthorization(Policies.GiveFeedback).WithName("SendFeedback").WithSummary("Says what a film really shows, once a human knows")
            .Produces<FeedbackResponse>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status502BadGateway);

    private static async Task<IResult> ForwardAsync(FeedbackRequest feedback, PredictionLog log, ControlPlaneClient controlPlane, CancellationToken cancellationToken)
    {
        try
        {
            // The prediction may be a moment old: the registry must know it before it hears of it.
            await log.FlushAsync(cancellationToken);
            var (status, contentType, body) = await controlPlane.SendFeedbackAsync(feedback, cancellationToken);
            return TypedResults.Content(body, contentType, statusCode: (int)status);
        }
        catch (ControlPlaneException away)
        {
            return TypedResults.Problem(
                $"The registry did not take it; send it again later. {away.Message}", statusCode: StatusCodes.Status502BadGateway, title: "The registry is away");
        }
    }
}
