using XrayMlOps.Core.Runs;
using XrayMlOps.Training.Devices;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Augmentations;

/// <summary>Changes each film of a batch at random, within the recipe's bounds; pixels from outside the film repeat its edge.</summary>
internal sealed class FilmAugmenter(Augmentation bounds)
{
    private readonly bool _moves = bounds is not { HorizontalFlip: false, Shift: 0, Rotation: 0, Zoom: 0 };

    /// <param name="films">float32 [N, 1, H, W] in [0, 1]; itself the result if every bound is zero.</param>
    public Tensor Apply(Tensor films, Random random)
    {
        if (!_moves && bounds.Contrast == 0) return films;
        using var scope = NewDisposeScope();
        var changed = films;
        if (_moves) changed = Move(changed, random);
        if (bounds.Contrast > 0) changed = Stretch(changed, random);
        return changed.MoveToOuterDisposeScope();
    }

    /// <summary>Mirrors, scales, turns and shifts in one resampling. Torch's coordinates run from -1 to 1 across the film.</summary>
    private Tensor Move(Tensor films, Random random)
    {
        var (n, aspect) = ((int)films.shape[0], films.shape[3] / (double)films.shape[2]);
        var maps = new float[n * 6];
        for (var i = 0; i < n; i++)
        {
            var mirror = bounds.HorizontalFlip && random.Next(2) == 1 ? -1 : 1;
            var scale = 1 / (1 + Draw(random, bounds.Zoom));
            var (sin, cos) = Math.SinCos(Draw(random, bounds.Rotation) * Math.PI / 180);
            Span<double> map =
            [
                scale * cos * mirror, -scale * sin / aspect, 2 * Draw(random, bounds.Shift),
                scale * sin * aspect * mirror, scale * cos, 2 * Draw(random, bounds.Shift),
            ];
            for (var k = 0; k < 6; k++) maps[i * 6 + k] = (float)map[k];
        }
        var theta = tensor(maps, [n, 2, 3]).ToDevice(films.device);
        var grid = nn.functional.affine_grid(theta, films.shape, align_corners: false);
        return nn.functional.grid_sample(films, grid, GridSampleMode.Bilinear, GridSamplePaddingMode.Border, align_corners: false);
    }

    private Tensor Stretch(Tensor films, Random random)
    {
        var factors = new float[films.shape[0]];
        for (var i = 0; i < factors.Length; i++) factors[i] = (float)(1 + Draw(random, bounds.Contrast));
        var mean = films.mean([1, 2, 3], keepdim: true);
        return ((films - mean) * tensor(factors).ToDevice(films.device).view(-1, 1, 1, 1) + mean).clamp_(0, 1);
    }

    /// <summary>Uniform in [-<paramref name="bound"/>, <paramref name="bound"/>].</summary>
    private static double Draw(Random random, double bound) => (2 * random.NextDouble() - 1) * bound;
}
