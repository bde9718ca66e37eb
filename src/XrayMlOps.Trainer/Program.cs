using System.Text.Json;
using XrayMlOps.Core;
using XrayMlOps.Trainer;
using XrayMlOps.Training;

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
using var stop = new StopRequest(TimeProvider.System);
return new TrainingRun(folder, message => Console.WriteLine(message.ToLine()), TimeProvider.System).Execute(stop.Token);
