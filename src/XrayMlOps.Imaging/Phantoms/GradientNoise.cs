namespace XrayMlOps.Imaging.Phantoms;

/// <summary>Smooth noise over the plane (Perlin 1985): one bump or dip about every unit, roughly -0.7 to 0.7, zero on the lattice.</summary>
internal readonly struct GradientNoise(ulong seed)
{
    private readonly uint _seed = (uint)(seed ^ (seed >> 32));

    public float At(float x, float y)
    {
        var (column, row) = ((int)MathF.Floor(x), (int)MathF.Floor(y));
        var (u, v) = (x - column, y - row);
        var (s, t) = (u * u * (3 - 2 * u), v * v * (3 - 2 * v));
        var top = float.Lerp(Slope(column, row, u, v), Slope(column + 1, row, u - 1, v), s);
        var bottom = float.Lerp(Slope(column, row + 1, u, v - 1), Slope(column + 1, row + 1, u - 1, v - 1), s);
        return float.Lerp(top, bottom, t);
    }

    /// <summary>A net of thin lines, where the noise crosses zero: 1 on a line, 0 away from it.</summary>
    public float Ridge(float x, float y)
    {
        var ridge = MathF.Max(0, 1 - 3.5f * MathF.Abs(At(x, y)));
        return ridge * ridge;
    }

    private float Slope(int column, int row, float u, float v)
    {
        var hash = ((uint)column * 0x9E3779B1 ^ (uint)row * 0x85EBCA77) + _seed;
        hash = (hash ^ (hash >> 15)) * 0x2C1B3C6D;
        hash ^= hash >> 12;
        const float toSlope = 2f / ushort.MaxValue;
        return ((hash & 0xFFFF) * toSlope - 1) * u + ((hash >> 16) * toSlope - 1) * v;
    }
}
