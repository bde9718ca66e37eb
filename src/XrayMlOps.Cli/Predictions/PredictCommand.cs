using System.CommandLine;
using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Models;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Models;
using XrayMlOps.Core.Predictions;

namespace XrayMlOps.Cli.Predictions;

/// <summary><c>xray predict</c>: one request a film, as a downstream application would send it.</summary>
internal sealed class PredictCommand : ServerVerb
{
    private readonly Argument<string[]> _files = new("file") { Description = "JPEG, PNG or DICOM films", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string?> _model = new("--model", "-m")
    {
        Description = $"{ModelReferences.Forms} [default: the champion that is served]",
        HelpName = "MODEL",
    };
    private readonly Option<string?> _explain = new("--explain")
    {
        Description = "Put a picture there for each film that shows where its answer comes from, FILM.heatmap.png",
        HelpName = "DIR",
    };

    public PredictCommand(Terminal terminal) : base("predict", "Ask the served champion, or another model, about films", terminal)
    {
        base.Add(_files);
        Add(_model);
        Add(_explain);
    }

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var model = arguments.GetValue(_model) is { } text ? ModelReferences.Parse(text) : null;
        var pictures = arguments.GetValue(_explain) is { } folder ? Folder(folder) : null;
        List<PartResponse> answers = [];
        foreach (var file in arguments.GetRequiredValue(_files))
        {
            var answer = await PredictAsync(client, file, model, pictures is not null, cancellationToken);
            answers.Add(answer);
            if (answer.Prediction is { } prediction)
            {
                var picture = pictures is not null && prediction.HeatMap is { } map ? await WriteAsync(pictures, file, map, cancellationToken) : null;
                Terminal.People(json).WritePrediction(file, prediction, heatMap: picture);
            }
            else Terminal.Errors.MarkupLineInterpolated($"[red]{file}:[/] {answer.Problem}");
        }
        if (json) Terminal.WriteJson(new PredictionsResponse(answers));
        return answers.TrueForAll(answer => answer.Prediction is not null) ? ExitCode.Ok : ExitCode.BadInput;
    }

    /// <summary>A film that cannot be read, here or there, is an answer with the problem; a server that serves nothing ends the command.</summary>
    private static async Task<PartResponse> PredictAsync(RegistryClient client, string file, ModelReference? model, bool explain, CancellationToken cancellationToken)
    {
        try
        {
            await using var film = File.OpenRead(file);
            return new PartResponse(file, await client.PredictAsync(film, model, explain, cancellationToken) with { File = file }, null);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ServerProblem { ExitCode: ExitCode.BadInput })
        {
            return new PartResponse(file, null, problem.Message);
        }
    }

    private static string Folder(string path)
    {
        try
        {
            return Directory.CreateDirectory(path).FullName;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.BadInput, $"--explain {path}: {problem.Message}");
        }
    }

    private static async Task<string> WriteAsync(string folder, string file, HeatMap map, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, $"{Path.GetFileName(file)}.heatmap.png");
        await File.WriteAllBytesAsync(path, map.Overlay, cancellationToken);
        return path;
    }
}
