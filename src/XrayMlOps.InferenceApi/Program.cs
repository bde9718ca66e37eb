using XrayMlOps.InferenceApi;
using XrayMlOps.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("inference");
builder.AddInferenceApi();
builder.Services.AddOpenApi();

var app = builder.Build();
app.MapServiceDefaults();
app.MapOpenApi();
app.MapInferenceApi();
app.Run();
