using System.CommandLine;
using System.CommandLine.Parsing;

namespace XrayMlOps.Cli.Runs;

/// <summary>Tags as <c>KEY=VALUE</c>.</summary>
internal static class Tags
{
    public const string Form = "KEY=VALUE";

    public static Option<Dictionary<string, string>> Option() => new("--tag")
    {
        Description = "A word of your own, searched as tag.KEY; may be given several times",
        HelpName = Form,
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = true,
        CustomParser = Parse,
    };

    public static Argument<Dictionary<string, string>> Argument() => new("tags")
    {
        Description = $"As {Form}",
        HelpName = Form,
        Arity = ArgumentArity.OneOrMore,
        CustomParser = Parse,
    };

    private static Dictionary<string, string> Parse(ArgumentResult result)
    {
        Dictionary<string, string> tags = [];
        foreach (var token in result.Tokens)
        {
            if (token.Value.IndexOf('=') is > 0 and var at) tags[token.Value[..at]] = token.Value[(at + 1)..];
            else result.AddError($"'{token.Value}' is no tag: give {Form}.");
        }
        return tags;
    }
}
