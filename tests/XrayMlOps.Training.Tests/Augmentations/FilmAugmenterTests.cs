using XrayMlOps.Core.Runs;
using XrayMlOps.Training.Augmentations;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Tests.Augmentations;

public sealed class FilmAugmenterTests
{
    [Fact]
    public void No_augmentation_returns_the_very_films()
    {
        using var films = rand(2, 1, 8, 8);
        Assert.Same(films, new FilmAugmenter(new Augmentation()).Apply(films, new Random(1)));
    }

    [Fact]
    public void Same_seed_changes_films_alike_and_each_film_differently()
    {
        using var scope = NewDisposeScope();
        var film = rand(1, 1, 20, 20);
        var films = film.expand(4, 1, 20, 20).contiguous();
        var augmenter = new FilmAugmenter(new Augmentation { Shift = 0.1, Rotation = 10, Zoom = 0.1, Contrast = 0.3 });

        var first = augmenter.Apply(films, new Random(1));

        Assert.Equal(films.shape, first.shape);
        Assert.True(first.Equals(augmenter.Apply(films, new Random(1))));
        Assert.False(first[0].allclose(first[1]));
        Assert.True(first.min().item<float>() >= 0 && first.max().item<float>() <= 1);
    }

    [Fact]
    public void Flip_alone_gives_the_film_or_its_mirror_image()
    {
        using var scope = NewDisposeScope();
        var films = rand(1, 1, 6, 10).expand(16, 1, 6, 10).contiguous();
        var flipped = new FilmAugmenter(new Augmentation { HorizontalFlip = true }).Apply(films, new Random(1));
        var mirror = films[0].flip(2);
        var kinds = Enumerable.Range(0, 16).Select(i => flipped[i].allclose(films[0], 1e-4, 1e-5) ? 1 : flipped[i].allclose(mirror, 1e-4, 1e-5) ? 2 : 3).ToArray();
        Assert.DoesNotContain(3, kinds);
        Assert.Contains(1, kinds);
        Assert.Contains(2, kinds);
    }

    [Fact]
    public void Turned_film_keeps_circles_round_on_an_oblong_film()
    {
        using var scope = NewDisposeScope();
        var (y, x) = (arange(40, dtype: ScalarType.Float32).view(40, 1) - 19.5, arange(80, dtype: ScalarType.Float32).view(1, 80) - 39.5);
        var disc = ((y * y + x * x).sqrt() < 15).to(ScalarType.Float32).view(1, 1, 40, 80);
        var turned = new FilmAugmenter(new Augmentation { Rotation = 45 }).Apply(disc, new Random(4));
        Assert.True((turned - disc).abs().mean().item<float>() < 0.03);
    }

    [Fact]
    public void Contrast_keeps_the_mean_where_nothing_is_clipped()
    {
        using var scope = NewDisposeScope();
        var films = rand(3, 1, 8, 8) * 0.2 + 0.4;
        var stretched = new FilmAugmenter(new Augmentation { Contrast = 0.5 }).Apply(films, new Random(2));
        Assert.True(stretched.mean([1, 2, 3]).allclose(films.mean([1, 2, 3]), 1e-4, 1e-5));
        Assert.False(stretched.std().allclose(films.std(), 1e-3, 1e-4));
    }
}
