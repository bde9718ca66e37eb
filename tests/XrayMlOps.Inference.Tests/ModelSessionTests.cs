using System.Text.Json;
using CsCheck;
using XrayMlOps.Core;
using XrayMlOps.Core.Models;
using XrayMlOps.Core.Preprocessing;

namespace XrayMlOps.Inference.Tests;

public sealed class ModelSessionTests
{
    [Fact]
    public void Predict_any_batch_equals_the_direct_computation()
    {
        var model = new TinyModel { Bias = [0.3f, -0.2f, 0.1f] };
        using var session = ModelSession.Load(model.ToOnnx());
        Gen.Int[1, 5].SelectMany(count => Gen.Float[0f, 1f].Array[count * session.FilmLength]).Sample(films =>
        {
            var probabilities = new float[films.Length / session.FilmLength * 3];
            session.Predict(films, probabilities);
            foreach (var (index, film) in films.Chunk(session.FilmLength).Index())
            {
                foreach (var (label, expected) in model.Expected(film.Average(value => (double)value)).Index())
                    Assert.Equal(expected, probabilities[index * 3 + label], 1e-5);
            }
        }, iter: 20);
    }

    [Fact]
    public void Predict_a_part_of_a_film_is_refused()
    {
        using var session = ModelSession.Load(new TinyModel().ToOnnx());
        Assert.Throws<ArgumentException>(() => session.Predict(new float[session.FilmLength + 1], new float[3]));
        Assert.Throws<ArgumentException>(() => session.Predict(new float[session.FilmLength], new float[6]));
    }

    [Fact]
    public void Load_good_model_says_how_to_preprocess()
    {
        var spec = new PreprocessingSpec { Height = 24, Width = 40 };
        using var session = ModelSession.Load(new TinyModel { Preprocessing = spec }.ToOnnx());
        Assert.Equal(spec, session.Preprocessing);
        Assert.Equal(spec.Hash(), session.PreprocessingHash);
    }

    [Fact]
    public void Load_no_onnx_file_is_refused() =>
        Assert.Contains("ONNX Runtime cannot load it", Refusal([1, 2, 3, 4]));

    [Fact]
    public void Load_unknown_preprocessing_is_refused_with_every_reason()
    {
        var message = Refusal(new TinyModel { Preprocessing = new PreprocessingSpec { Height = 32, Width = 48, Interpolation = "lanczos", Normalisation = "imagenet" } }.ToOnnx());
        Assert.Contains("'lanczos'", message);
        Assert.Contains("'imagenet'", message);
    }

    [Fact]
    public void Load_preprocessing_of_a_newer_build_is_refused()
    {
        const string newer = """{"height":32,"width":48,"colour":"gray","interpolation":"area","normalisation":"unit","crop":"lungs"}""";
        var message = Refusal(new TinyModel { Metadata = new Dictionary<string, string?> { [ModelMetadata.Preprocessing] = newer, [ModelMetadata.PreprocessingHash] = new('a', 64) } }.ToOnnx());
        Assert.Contains("another build wrote it", message);
    }

    [Theory]
    [InlineData("""["virus","bacteria","normal"]""", "virus, bacteria, normal")]
    [InlineData("nonsense", "'labels' is unreadable")]
    [InlineData(null, "no 'labels'")]
    public void Load_other_labels_is_refused(string? labels, string reason) =>
        Assert.Contains(reason, Refusal(new TinyModel { Metadata = new Dictionary<string, string?> { [ModelMetadata.Labels] = labels } }.ToOnnx()));

    [Fact]
    public void Load_other_input_name_is_refused() =>
        Assert.Contains("no input 'films', only pictures", Refusal(new TinyModel { InputName = "pictures" }.ToOnnx()));

    [Fact]
    public void Load_input_that_is_not_the_preprocessing_size_is_refused() =>
        Assert.Contains("[N, 1, 64, 48], not [N, 1, 32, 48]", Refusal(new TinyModel { InputHeight = 64 }.ToOnnx()));

    [Fact]
    public void Verify_model_that_answers_NaN_is_refused()
    {
        using var session = ModelSession.Load(new TinyModel { Bias = [float.NaN, 0, 0] }.ToOnnx());
        Assert.Contains("no probabilities", Assert.Throws<ModelRefusedException>(session.Verify).Message);
    }

    [Theory]
    [InlineData(0.0, true)]
    [InlineData(0.1, false)]
    public void Verify_model_that_answers_otherwise_than_the_trained_network_is_refused(double difference, bool isGood)
    {
        var model = new TinyModel();
        using var plain = ModelSession.Load(model.ToOnnx());
        var rows = Enumerable.Range(0, ParitySample.Films).Select(film =>
        {
            var (pixels, floats, answer) = (new byte[plain.FilmLength], new float[plain.FilmLength], new float[3]);
            ParitySample.Draw(film, plain.Preprocessing.Height, plain.Preprocessing.Width, pixels);
            PixelNormalisation.ToUnit(pixels, floats);
            plain.Predict(floats, answer);
            return (IReadOnlyList<float>)[(float)(answer[0] - difference), (float)(answer[1] + difference), answer[2]];
        });
        var sample = JsonSerializer.Serialize(new ParitySample([.. rows]), XrayJson.Compact);
        using var session = ModelSession.Load((model with { Metadata = new Dictionary<string, string?> { [ModelMetadata.ParitySample] = sample } }).ToOnnx());
        if (isGood) session.Verify();
        else Assert.Contains("where the trained network answered", Assert.Throws<ModelRefusedException>(session.Verify).Message);
    }

    [Fact]
    public void Load_without_a_gpu_computes_on_the_cpu_and_says_why_cuda_is_not_to_be_had()
    {
        using var session = ModelSession.Load(new TinyModel().ToOnnx());
        Assert.SkipWhen(session.Device == InferenceDevice.Cuda, "this machine has a GPU");
        Assert.Contains("CUDA", Assert.Throws<InvalidOperationException>(() => ModelSession.Load(new TinyModel().ToOnnx(), new ModelSessionOptions { Device = InferenceDevice.Cuda })).Message);
    }

    private static string Refusal(byte[] onnx) => Assert.Throws<ModelRefusedException>(() => ModelSession.Load(onnx)).Message;
}
