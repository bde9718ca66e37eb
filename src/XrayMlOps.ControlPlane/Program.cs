using XrayMlOps.ControlPlane;
using XrayMlOps.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("controlplane");
builder.AddControlPlane();

var app = builder.Build();
app.MapServiceDefaults();
app.MapControlPlane();
await app.RunAsync();
