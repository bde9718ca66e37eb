using System.CommandLine;
using System.CommandLine.Parsing;
using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Predictions;

namespace XrayMlOps.Cli.Predictions;

/// <summary><c>xray feedback</c>: the label that a human gives to a prediction later.</summary>
internal sealed class FeedbackCommand : ServerVerb
{
    private readonly Argument<Guid> _prediction = new("prediction") { Description = "The prediction's id" };
    private readonly Argument<ImageLabel> _label = new("label")
    {
        Description = $"The true class: {string.Join(", ", ImageLabels.Names)}",
        HelpName = "label",
        CustomParser = ParseLabel,
    };
    private readonly Option<string?> _by = new("--by") { Description = "Who says so [default: your user name]", HelpName = "NAME" };

    public FeedbackCommand(Terminal terminal) : base("feedback", "Say what a film showed in truth; realised accuracy comes of it", terminal)
    {
        Add(_prediction);
        Add(_label);
        Add(_by);
    }

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var request = new FeedbackRequest(
            arguments.GetValue(_prediction), arguments.GetValue(_label), arguments.GetValue(_by) ?? Environment.UserName);
        var feedback = await client.FeedbackAsync(request, cancellationToken);
        if (json) Terminal.WriteJson(feedback);
        else
            Terminal.Output.WriteLine(
                $"{feedback.Model}:{feedback.Version} said {feedback.Predicted.Name()}, in truth {feedback.Label.Name()}: {(feedback.Correct ? "right" : "wrong")}.");
        return ExitCode.Ok;
    }

    private static ImageLabel ParseLabel(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (!ImageLabels.TryParse(text, out var label)) result.AddError($"'{text}' is no class: give {string.Join(", ", ImageLabels.Names)}.");
        return label;
    }
}
