using System.CommandLine;
using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Predictions;

namespace XrayMlOps.Cli.Predictions;

/// <summary><c>xray predict</c>: one request a film, as a downstream application would send it.</summary>
internal sealed class PredictCommand : ServerVerb
{
    private readonly Argument<string[]> _files = new("file") { Description = "JPEG, PNG or DICOM films", Arity = ArgumentArity.OneOrMore };

    public PredictCommand(Terminal terminal) : base("predict", "Ask the served champion about films", terminal) => Add(_files);

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        List<PartResponse> answers = [];
        foreach (var file in arguments.GetRequiredValue(_files))
        {
            var answer = await PredictAsync(client, file, cancellationToken);
            answers.Add(answer);
            if (answer.Prediction is { } prediction) Terminal.People(json).WritePrediction(file, prediction);
            else Terminal.Errors.MarkupLineInterpolated($"[red]{file}:[/] {answer.Problem}");
        }
        if (json) Terminal.WriteJson(new PredictionsResponse(answers));
        return answers.TrueForAll(answer => answer.Prediction is not null) ? ExitCode.Ok : ExitCode.BadInput;
    }

    /// <summary>A film that cannot be read, here or there, is an answer with the problem; a server that serves nothing ends the command.</summary>
    private static async Task<PartResponse> PredictAsync(RegistryClient client, string file, CancellationToken cancellationToken)
    {
        try
        {
            await using var film = File.OpenRead(file);
            return new PartResponse(file, await client.PredictAsync(film, cancellationToken) with { File = file }, null);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ServerProblem { ExitCode: ExitCode.BadInput })
        {
            return new PartResponse(file, null, problem.Message);
        }
    }
}
