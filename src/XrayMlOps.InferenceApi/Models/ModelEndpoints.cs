using Microsoft.AspNetCore.Http.HttpResults;
using XrayMlOps.Core.Predictions;
using XrayMlOps.InferenceApi.Predictions;
using XrayMlOps.ServiceDefaults.Access;

namespace XrayMlOps.InferenceApi.Models;

internal static class ModelEndpoints
{
    public static void MapModels(this RouteGroupBuilder routes)
    {
        routes.MapGet("/model", Get).RequireAuthorization(Policies.Known).WithName("GetServedModel").WithSummary("The champion that is served now")
            .Produces<ServedModel>()
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        routes.MapGet("/models", List).RequireAuthorization(Policies.Known).WithName("ListServedModels").WithSummary("Every alias and version that is served now");
    }

    private static async Task<IResult> Get(ServedModels models, CancellationToken cancellationToken)
    {
        var acquired = await models.AcquireAsync(models.Champion.Reference.ToString(), cancellationToken);
        using var lease = acquired.Lease;
        return lease is null ? PredictionProblem.NoModel(acquired) : TypedResults.Ok(lease.Model);
    }

    private static Ok<ServedModelsResponse> List(ServedModels models) =>
        TypedResults.Ok(new ServedModelsResponse([.. models.All.Select(model => new ServedModelState(model.Reference.ToString(), model.Slot.Model, model.Problem))]));
}
