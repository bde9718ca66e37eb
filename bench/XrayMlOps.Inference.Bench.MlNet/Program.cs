using Microsoft.Extensions.ObjectPool;
using Microsoft.ML.Data;
using XrayMlOps.Inference.Bench.MlNet;

// What ML.NET users would serve the model with. Arguments: path of the ONNX model, threads of a run, runs at once.
var (model, threads, runs) = (args[0], int.Parse(args[1]), int.Parse(args[2]));
var engines = new DefaultObjectPoolProvider { MaximumRetained = runs }.Create(new FilmPipeline(model, threads));
using SemaphoreSlim turns = new(runs);
string[] labels = ["normal", "bacteria", "virus"];

var builder = WebApplication.CreateSlimBuilder();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 64 << 20);
var app = builder.Build();
app.MapGet("/ready", () => Results.Ok());
app.MapPost("/predict", async (HttpRequest request) =>
{
    using MemoryStream body = new((int)(request.ContentLength ?? 0));
    await request.Body.CopyToAsync(body);
    body.Position = 0;
    await turns.WaitAsync();
    var engine = engines.Get();
    try
    {
        using var image = MLImage.CreateFromStream(body);
        var probabilities = engine.Predict(new Film { Image = image }).Probabilities;
        return TypedResults.Ok(labels.Zip(probabilities).ToDictionary(pair => pair.First, pair => pair.Second));
    }
    finally
    {
        engines.Return(engine);
        turns.Release();
    }
});
app.Run();
