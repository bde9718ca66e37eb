using System.CommandLine;

namespace XrayMlOps.Cli.Access;

internal sealed class KeyIdArgument : Argument<string>
{
    public KeyIdArgument() : base("id") => Description = "The key's id, as 'xray keys list' shows it";
}

internal sealed class ExpiresInDaysOption : Option<int>
{
    public ExpiresInDaysOption() : base("--days")
    {
        Description = "For how many days it is good, 1 to 3,650";
        HelpName = "N";
        DefaultValueFactory = _ => 365;
    }
}
