using Microsoft.AspNetCore.Http.HttpResults;
using XrayMlOps.ControlPlane.Access;
using XrayMlOps.Core.Datasets;
using XrayMlOps.ServiceDefaults.Access;

namespace XrayMlOps.ControlPlane.Patients;

internal static class PatientEndpoints
{
    private const int MostPatients = 5_000;
    private const int LongestId = 1_024;

    public static void MapPatients(this IEndpointRouteBuilder api) =>
        api.MapGroup("/patients").WithTags("Patients").MapPost("/pseudonyms", FindKeys).RequireAuthorization(Policies.Change).ChangesNothing().ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    /// <remarks>What is asked is neither kept nor logged.</remarks>
    private static Results<Ok<PseudonymResponse>, ProblemHttpResult> FindKeys(PseudonymRequest request, PatientPseudonyms pseudonyms)
    {
        if (request.PatientIds.Count > MostPatients)
            return Refuse.Unprocessable($"patientIds: {request.PatientIds.Count:N0} of them; ask for {MostPatients:N0} at most at a time");
        if (request.PatientIds.Any(id => id is not { Length: >= 1 and <= LongestId }))
            return Refuse.Unprocessable($"patientIds: each must have 1 to {LongestId:N0} characters");
        if (!pseudonyms.HasSecret)
        {
            return Refuse.Unavailable(
                "This deployment has no secret to make patient keys with, so it takes no DICOM films. Whoever runs it sets ControlPlane:PseudonymSecret "
                + "(in the environment, ControlPlane__PseudonymSecret) to 16 bytes or more, such as 'openssl rand -base64 32' prints, and never changes it.");
        }
        return TypedResults.Ok(new PseudonymResponse([.. request.PatientIds.Select(pseudonyms.KeyOf)]));
    }
}
