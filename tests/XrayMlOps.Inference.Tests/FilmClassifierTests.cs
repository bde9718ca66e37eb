using XrayMlOps.Core.Datasets;
using XrayMlOps.Imaging.Decoding;

namespace XrayMlOps.Inference.Tests;

public sealed class FilmClassifierTests : IDisposable
{
    private readonly TinyModel _model = new() { Weights = [4f, 0f, -4f], Bias = [-2f, 0.5f, 2f] };
    private readonly ModelSession _session;
    private readonly FilmClassifier _classifier = new(new FilmDecoder(ImagingLimits.Default));

    public FilmClassifierTests() => _session = ModelSession.Load(_model.ToOnnx());

    [Theory]
    [InlineData(0, ImageLabel.Virus)]
    [InlineData(128, ImageLabel.Bacteria)]
    [InlineData(255, ImageLabel.Normal)]
    public void Classify_film_equals_the_direct_computation(byte gray, ImageLabel label)
    {
        var result = _classifier.Classify(_session, TestFilm.Png(gray), TestContext.Current.CancellationToken);
        Assert.Equal(label, result.Label);
        Assert.Equal(new FilmInfo(FilmFormat.Png, 96, 64), result.Film.Info);
        foreach (var (expected, actual) in _model.Expected(gray / 255.0).Zip(result.Probabilities)) Assert.Equal(expected, actual, 1e-5);
    }

    [Fact]
    public void Classify_truncated_film_says_why()
    {
        var result = _classifier.Classify(_session, TestFilm.Jpeg().AsSpan()[..^40], TestContext.Current.CancellationToken);
        Assert.Equal(FilmRejection.Truncated, result.Film.Rejection);
        Assert.Empty(result.Probabilities);
    }

    [Fact]
    public void Classify_given_up_computes_nothing() =>
        Assert.Throws<OperationCanceledException>(() => _classifier.Classify(_session, TestFilm.Jpeg(), new CancellationToken(canceled: true)));

    [Fact]
    public void Classify_model_that_overflows_on_a_film_is_an_error()
    {
        using var session = ModelSession.Load(new TinyModel { Weights = [float.MaxValue, 0, 0], Bias = [float.MaxValue, 0, 0] }.ToOnnx());
        session.WarmUp();
        Assert.Throws<InvalidOperationException>(() => _classifier.Classify(session, TestFilm.Png(255), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Classify_from_many_threads_gives_each_its_own_answer() =>
        Parallel.For(0, 256, gray =>
        {
            var result = _classifier.Classify(_session, TestFilm.Png((byte)gray), TestContext.Current.CancellationToken);
            Assert.Equal(_model.Expected(gray / 255.0)[0], result.Probabilities[0], 1e-5);
        });

    public void Dispose() => _session.Dispose();
}
