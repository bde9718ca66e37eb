using System.CommandLine;
using System.CommandLine.Invocation;
using XrayMlOps.Cli.Access;
using XrayMlOps.Cli.Architectures;
using XrayMlOps.Cli.Backups;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Datasets;
using XrayMlOps.Cli.Demo;
using XrayMlOps.Cli.Doctor;
using XrayMlOps.Cli.Evaluation;
using XrayMlOps.Cli.Hosting;
using XrayMlOps.Cli.Models;
using XrayMlOps.Cli.Phantoms;
using XrayMlOps.Cli.Predictions;
using XrayMlOps.Cli.Runs;
using XrayMlOps.Cli.Runs.Comparing;
using XrayMlOps.Cli.Schedules;
using XrayMlOps.Cli.Sweeps;

namespace XrayMlOps.Cli;

/// <summary>The whole command line: a verb for every step of the loop.</summary>
internal static class XrayCommand
{
    private static readonly TimeSpan TimeToStop = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(string[] arguments, Terminal terminal, CancellationToken cancellationToken)
    {
        var parsed = Create(terminal).Parse(arguments);
        // Where a subcommand is missing, the help is the answer; a wrong word needs a line only.
        if (parsed.Action is ParseErrorAction error)
            error.ShowHelp = parsed.CommandResult.Command.Subcommands.Count > 0 && parsed.UnmatchedTokens.Count == 0;
        var exitCode = await parsed.InvokeAsync(
            new InvocationConfiguration
            {
                Output = terminal.Output.Profile.Out.Writer,
                Error = terminal.Errors.Profile.Out.Writer,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = TimeToStop,
            },
            cancellationToken);
        return parsed.Errors.Count > 0 ? (int)ExitCode.BadInput : exitCode;
    }

    private static RootCommand Create(Terminal terminal) => new(
        """
        Chest X-rays in; a trained, registered, served and watched classifier out.

        Exit codes: 0 done; 1 it was tried and failed; 2 wrong command line, file or name; 3 no server answers;
        4 the server has no such thing; 130 interrupted.
        """)
    {
        new UpCommand(terminal),
        new DemoCommand(terminal),
        new DoctorCommand(terminal),
        new PhantomsCommand(terminal),
        new Command("dataset", "Push films; show, compare, change, export and delete dataset versions")
        {
            new DatasetPushCommand(terminal),
            new DatasetListCommand(terminal),
            new DatasetVersionsCommand(terminal),
            new DatasetShowCommand(terminal),
            new DatasetFilmsCommand(terminal),
            new DatasetSheetCommand(terminal),
            new DatasetDiffCommand(terminal),
            new DatasetAddCommand(terminal),
            new DatasetRemoveCommand(terminal),
            new DatasetRelabelCommand(terminal),
            new DatasetTagCommand(terminal),
            new DatasetUntagCommand(terminal),
            new DatasetExportCommand(terminal),
            new DatasetDeleteCommand(terminal),
            new DatasetCollectCommand(terminal),
        },
        new TrainCommand(terminal),
        new Command("runs", "Search, show, watch, compare, resume, repeat and cancel training runs")
        {
            new RunsListCommand(terminal),
            new RunsExperimentsCommand(terminal),
            new RunsShowCommand(terminal),
            new RunsWatchCommand(terminal),
            new RunsLogCommand(terminal),
            new RunsCompareCommand(terminal),
            new RunsTagCommand(terminal),
            new RunsUntagCommand(terminal),
            new RunsResumeCommand(terminal),
            new RunsRepeatCommand(terminal),
            new RunsCancelCommand(terminal),
        },
        new Command("sweep", "Search networks and hyper-parameters: many runs, one leaderboard")
        {
            new SweepRunCommand(terminal),
            new SweepListCommand(terminal),
            new SweepShowCommand(terminal),
            new SweepStopCommand(terminal),
            new SweepResumeCommand(terminal),
        },
        new Command("models", "Registered models and the architectures they are made from")
        {
            new ModelsListCommand(terminal),
            new ModelsShowCommand(terminal),
            new ModelsSummaryCommand(terminal),
            new ModelsRegisterCommand(terminal),
            new ModelsPromoteCommand(terminal),
            new ModelsAccuracyCommand(terminal),
        },
        new EvaluateCommand(terminal),
        new PredictCommand(terminal),
        new FeedbackCommand(terminal),
        new Command("schedule", "Retrain by the clock")
        {
            new ScheduleAddCommand(terminal),
            new ScheduleListCommand(terminal),
            new ScheduleShowCommand(terminal),
            new ScheduleUpdateCommand(terminal),
            new ScheduleSwitchCommand("pause", "Keep a schedule from firing until it is resumed; what passes meanwhile is not made up for", paused: true, terminal),
            new ScheduleSwitchCommand("resume", "Let a paused schedule fire again, from its next due time on", paused: false, terminal),
            new ScheduleFireCommand(terminal),
            new ScheduleRemoveCommand(terminal),
        },
        new Command("keys", "Who may call: make, list, rotate and revoke API keys")
        {
            new KeysCreateCommand(terminal),
            new KeysListCommand(terminal),
            new KeysRotateCommand(terminal),
            new KeysRevokeCommand(terminal),
        },
        new AuditCommand(terminal),
        new BackupCommand(terminal),
        new RestoreCommand(terminal),
    };
}
