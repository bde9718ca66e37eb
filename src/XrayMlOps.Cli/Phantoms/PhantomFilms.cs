using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Imaging.Phantoms;

namespace XrayMlOps.Cli.Phantoms;

/// <summary>Writes synthetic films while a person watches.</summary>
internal static class PhantomFilms
{
    /// <exception cref="CommandFailure">The folder cannot be written.</exception>
    public static Task<IReadOnlyList<PhantomFilm>> WriteAsync(
        string folder, PhantomOptions options, IAnsiConsole console, TimeProvider time, CancellationToken cancellationToken) =>
        ProgressDisplay.ShowAsync(console, time, "Drawing", async progress =>
        {
            var total = PhantomGenerator.Plan(options).Count;
            try
            {
                return await Task.Run(
                    () => PhantomGenerator.Write(folder, options, cancellationToken, new Written(progress, total)), cancellationToken);
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                throw new CommandFailure(ExitCode.BadInput, $"{folder} cannot be written: {problem.Message}");
            }
        });

    private sealed class Written(IProgress<ProgressStep> progress, int total) : IProgress<int>
    {
        public void Report(int value) => progress.Report(new ProgressStep(value, total, $"{Figures.Count(value)} of {Figures.Count(total, "film")}"));
    }
}
