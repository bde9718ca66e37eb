using XrayMlOps.Cli;
using XrayMlOps.Cli.CommandLine;

return await XrayCommand.RunAsync(args, Terminal.OfProcess(), CancellationToken.None);
