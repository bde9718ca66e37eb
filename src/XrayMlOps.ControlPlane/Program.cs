using XrayMlOps.ControlPlane;
using XrayMlOps.ServiceDefaults;

if (args is ["migrate", ..]) return await MigrateCommand.RunAsync(args[1..], Console.Out, Console.Error, CancellationToken.None);

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("controlplane");
builder.AddControlPlane();

var app = builder.Build();
app.MapServiceDefaults();
app.MapControlPlane();
await app.RunAsync();
return 0;
