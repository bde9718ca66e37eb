using System.CommandLine;

namespace XrayMlOps.Cli.Architectures;

internal sealed class ArchitectureOption : Option<string>
{
    public ArchitectureOption() : base("--arch", "-a")
    {
        Description = $"The network: one that ships ({string.Join(", ", ArchitectureCatalog.Names)}), or a .json file";
        HelpName = "NAME|FILE";
        DefaultValueFactory = _ => ArchitectureCatalog.Default;
    }
}
