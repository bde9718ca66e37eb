using XrayMlOps.Core.Predictions;
using XrayMlOps.Inference;
using XrayMlOps.InferenceApi.Predictions;

namespace XrayMlOps.InferenceApi.Champion;

internal static class ChampionEndpoints
{
    public static void MapChampion(this RouteGroupBuilder routes) =>
        routes.MapGet("/model", Get).WithName("GetServedModel").WithSummary("The model that is served now")
            .Produces<ServedModel>()
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static IResult Get(ModelSlot slot) => slot.Model is { } model ? TypedResults.Ok(model) : PredictionProblem.NoChampion;
}
