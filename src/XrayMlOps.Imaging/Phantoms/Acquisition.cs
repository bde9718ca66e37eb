namespace XrayMlOps.Imaging.Phantoms;

/// <summary>How one film is taken: its size, how the patient stands before it, exposure, contrast, scatter and noise.</summary>
internal sealed class Acquisition
{
    private readonly float _centreX, _centreY, _zoom, _sine, _cosine, _exposure, _contrast, _gamma, _noise, _shading;
    private readonly uint _grain;
    private readonly bool _hasMarker;

    public Acquisition(PhantomRandom random)
    {
        Width = (int)random.Between(320, 641);
        Height = Math.Clamp((int)(Width * random.Between(0.72f, 1.02f)), 280, 600);
        (_centreX, _centreY, _zoom) = (random.Between(-0.1f, 0.1f), random.Between(-0.1f, 0.1f), random.Between(1.02f, 1.25f));
        (_sine, _cosine) = MathF.SinCos(random.Between(-0.1f, 0.1f));
        (_exposure, _contrast, _gamma) = (random.Between(-0.07f, 0.1f), random.Between(0.8f, 1.25f), random.Between(0.8f, 1.25f));
        (_noise, _shading) = (random.Between(0.01f, 0.035f), random.Between(-0.08f, 0.08f));
        (_hasMarker, _grain) = (random.Next() < 0.5f, (uint)random.NextBits());
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Writes the film's grey pixels: dense is bright, as on a radiograph.</summary>
    public void Expose(Anatomy anatomy, Opacity? disease, Span<byte> pixels, int rowBytes)
    {
        // The beam and the screen blur over two pixels anyway, so density is computed for every second one of every second row.
        var (columns, rows) = (Width / 2 + 2, Height / 2 + 2);
        var coarse = new float[columns * rows];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++) coarse[row * columns + column] = Density(anatomy, disease, 2 * row, 2 * column);
        }

        var curve = Curve();
        var grain = _grain | 1;
        for (var row = 0; row < Height; row++)
        {
            var above = coarse.AsSpan(row / 2 * columns, columns);
            var below = coarse.AsSpan((row + 1) / 2 * columns, columns);
            for (var column = 0; column < Width; column++)
            {
                var (left, right) = (column / 2, (column + 1) / 2);
                var density = (above[left] + above[right] + below[left] + below[right]) / 4;
                if (_hasMarker && IsMarker(row, column)) density = 0.95f;
                var grey = curve[(int)(Math.Clamp(density, 0, 1) * (curve.Length - 1))] + _noise * Grain(ref grain);
                pixels[row * rowBytes + column] = (byte)Math.Clamp(255 * grey + 0.5f, 0, 255);
            }
        }
    }

    private float Density(Anatomy anatomy, Opacity? disease, int row, int column)
    {
        var (u, v) = ((2f * column / (Width - 1) - 1 - _centreX) * _zoom, (2f * row / (Height - 1) - 1 - _centreY) * _zoom);
        var (x, y) = (_cosine * u - _sine * v, _sine * u + _cosine * v);
        var density = anatomy.Density(x, y, out var lung);
        if (lung > 0 && disease is not null) density += lung * disease.At(x, y);
        return _contrast * (density - 0.45f) + 0.45f + _exposure + _shading * u;
    }

    /// <summary>The film's characteristic curve: grey by density, 0 to 1 each.</summary>
    private float[] Curve()
    {
        var curve = new float[1024];
        for (var i = 0; i < curve.Length; i++) curve[i] = MathF.Pow(Math.Clamp(i / 1023f, 0.02f, 0.98f), _gamma);
        return curve;
    }

    /// <summary>The lead letter at the upper corner, an L.</summary>
    private bool IsMarker(int row, int column)
    {
        var (down, along) = (row / (float)Height - 0.05f, column / (float)Width - 0.9f);
        return down is > 0 and < 0.07f && along is > 0 and < 0.045f && (along < 0.012f || down > 0.058f);
    }

    /// <summary>Nearly normal with variance 1: the sum of four uniform bytes of a xorshift generator (Marsaglia 2003).</summary>
    private static float Grain(ref uint state)
    {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        var sum = (state & 0xFF) + ((state >> 8) & 0xFF) + ((state >> 16) & 0xFF) + (state >> 24);
        return (sum - 510f) / 147.8f;
    }
}
