using XrayMlOps.InferenceApi;
using XrayMlOps.ServiceDefaults;
using XrayMlOps.ServiceDefaults.Access;

var builder = WebApplication.CreateBuilder(args);
builder.UseNetworkLoops();
builder.AddServiceDefaults("inference");
builder.AddInferenceApi();
builder.Services.AddOpenApi(options => options.DescribeAccess());

var app = builder.Build();
app.MapServiceDefaults();
app.MapOpenApi().RequireAuthorization(Policies.Known);
app.MapInferenceApi();
app.Run();
