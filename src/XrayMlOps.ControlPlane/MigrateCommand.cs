using XrayMlOps.Storage;

namespace XrayMlOps.ControlPlane;

/// <summary>
/// <c>migrate</c>: brings the database that <c>ConnectionStrings:registry</c> names up to date and ends, so that a deployment may do so once before its hosts start.
/// </summary>
internal static class MigrateCommand
{
    /// <param name="arguments">Configuration, in the forms that hosts take.</param>
    /// <returns>The exit code: 0 if the database is up to date, 1 if it could not be brought there; why is said on <paramref name="errors"/>.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        try
        {
            using var database = RegistryStorage.OpenRegistry(WebApplication.CreateBuilder(arguments).Configuration);
            var applied = await RegistrySchema.UpdateAllAsync(database, cancellationToken);
            await output.WriteLineAsync(
                applied is [] ? "The registry is up to date." : $"The registry is up to date; {applied.Count} migration(s) applied: {string.Join(", ", applied)}.");
            return 0;
        }
        catch (Exception problem) when (problem is not OutOfMemoryException)
        {
            await errors.WriteLineAsync($"migrate: {problem.Message}");
            return 1;
        }
    }
}
