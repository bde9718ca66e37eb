using XrayMlOps.ServiceDefaults;
using XrayMlOps.Worker;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("worker");
builder.AddWorker();

var app = builder.Build();
app.MapServiceDefaults();
await app.RunAsync();
