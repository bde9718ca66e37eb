namespace XrayMlOps.Imaging.Phantoms;

/// <summary>What a disease adds to the density of lung tissue.</summary>
internal abstract class Opacity
{
    /// <summary>In the patient's coordinates (see <see cref="Anatomy"/>).</summary>
    public abstract float At(float x, float y);
}

/// <summary>Bacterial pneumonia: one dense, roughly uniform patch with an uneven border, in one lobe.</summary>
internal sealed class Consolidation : Opacity
{
    private readonly float _x, _y, _width, _height, _density;
    private readonly GradientNoise _border;

    public Consolidation(PhantomRandom random)
    {
        var isLeft = random.Next() < 0.5f; // where the heart would hide a low one
        (_x, _y) = isLeft ? (random.Between(0.42f, 0.68f), random.Between(-0.5f, 0.05f)) : (random.Between(-0.68f, -0.4f), random.Between(-0.5f, 0.35f));
        (_width, _height) = (random.Between(0.24f, 0.4f), random.Between(0.22f, 0.38f));
        _density = random.Between(0.22f, 0.4f);
        _border = new GradientNoise(random.NextBits());
    }

    public override float At(float x, float y)
    {
        var distance = Anatomy.Radius((x - _x) / _width, (y - _y) / _height);
        return distance > 1.6f ? 0 : _density * Anatomy.Step(1.2f, 0.6f, distance + 0.6f * _border.At(6 * x, 6 * y));
    }
}

/// <summary>Viral pneumonia: a net of fine lines and a faint haze through both lungs, uneven in strength.</summary>
internal sealed class Reticulation : Opacity
{
    private readonly float _lines, _haze, _cells;
    private readonly GradientNoise _net, _fine, _patches;

    public Reticulation(PhantomRandom random)
    {
        (_lines, _haze, _cells) = (random.Between(0.12f, 0.24f), random.Between(0, 0.04f), random.Between(6, 8.5f));
        (_net, _fine, _patches) = (new GradientNoise(random.NextBits()), new GradientNoise(random.NextBits()), new GradientNoise(random.NextBits()));
    }

    public override float At(float x, float y)
    {
        var net = _net.Ridge(_cells * x, _cells * y) + 0.5f * _fine.Ridge(1.9f * _cells * x, 1.9f * _cells * y);
        return MathF.Max(0, 1 + 1.2f * _patches.At(1.8f * x, 1.8f * y)) * (_lines * net + _haze);
    }
}
