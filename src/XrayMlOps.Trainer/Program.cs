using System.Text.Json;
using XrayMlOps.Core;
using XrayMlOps.Core.Runs;
using XrayMlOps.Trainer;
using XrayMlOps.Training;
using XrayMlOps.Training.Devices;

if (args is ["--probe"])
{
    Console.WriteLine(JsonSerializer.Serialize(ComputeDevice.Probe(), XrayJson.Compact));
    return 0;
}
if (args is not [var folder] || folder.StartsWith('-'))
{
    Console.Error.WriteLine("""
        Usage: XrayMlOps.Trainer FOLDER    runs the job.json in FOLDER and leaves its outputs there
               XrayMlOps.Trainer --probe   says what training would compute with
        """);
    return 1;
}
using var supervisor = new Supervisor(TimeProvider.System);
var log = new TrainerLog(Console.Error, TimeProvider.System);
var exitCode = new TrainingRun(folder, Report, TimeProvider.System, supervisor.Kept).Execute(supervisor.Stop);
if (exitCode == TrainerExit.Stopped) log.Write("stopped, as asked; the last finished epoch's checkpoint is kept");
return exitCode;

void Report(TrainerMessage message)
{
    Console.WriteLine(message.ToLine());
    log.Write(message);
}
