using System.CommandLine;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Datasets.Push;

/// <summary>What can be said of any version that is made, shared by the verbs that make one.</summary>
internal sealed class VersionOptions
{
    private readonly Option<string?> _freezeTest = new("--freeze-test")
    {
        Description = "Keep the test films of this version as the test films, so that figures compare",
        HelpName = "VERSION",
    };
    private readonly Option<bool> _noPack = new("--no-pack") { Description = "Leave the tensors to the first run that needs them" };
    private readonly Option<string?> _note = new("--note") { Description = "What to remember about the version", HelpName = "TEXT" };

    public void AddTo(Action<Option> add)
    {
        add(_freezeTest);
        add(_noPack);
        add(_note);
    }

    public PushRequest Apply(PushRequest request, ParseResult arguments) => request with
    {
        FreezeTest = arguments.GetValue(_freezeTest),
        Pack = !arguments.GetValue(_noPack),
        Note = arguments.GetValue(_note),
    };
}
