namespace XrayMlOps.Imaging.Phantoms;

/// <summary>
/// A patient's chest as a map of density (0 is air, about 1 is bone over soft tissue). Coordinates are the patient's: x from -1 to 1
/// across the rib cage, y from -1 at the clavicles to 1 below the diaphragm.
/// </summary>
internal sealed class Anatomy
{
    private readonly float _lungCentre, _lungWidth, _lungTop, _lungHeight, _leftDome, _rightDome, _trunk;
    private readonly float _heartX, _heartY, _heartWidth, _heartHeight;
    private readonly float _ribSpacing, _ribStart, _ribSlope, _ribStrength, _vertebra, _clavicle, _breast, _vesselStrength;
    private readonly GradientNoise _vessels, _tissue;

    public Anatomy(PhantomRandom random)
    {
        (_lungCentre, _lungWidth) = (random.Between(0.46f, 0.54f), random.Between(0.36f, 0.43f));
        (_lungTop, _lungHeight) = (random.Between(-0.95f, -0.82f), random.Between(1.55f, 1.8f));
        (_leftDome, _rightDome) = (random.Between(0.52f, 0.72f), random.Between(0.46f, 0.66f));
        _trunk = random.Between(1.06f, 1.22f);
        (_heartX, _heartY) = (random.Between(0.08f, 0.2f), random.Between(0.3f, 0.42f));
        (_heartWidth, _heartHeight) = (random.Between(0.34f, 0.46f), random.Between(0.32f, 0.42f));
        (_ribSpacing, _ribStart, _ribSlope) = (random.Between(0.19f, 0.24f), random.Next(), random.Between(0.05f, 0.25f));
        (_ribStrength, _vertebra, _clavicle) = (random.Between(0.06f, 0.13f), random.Between(0.11f, 0.15f), random.Between(-0.82f, -0.7f));
        (_breast, _vesselStrength) = (random.Between(0, 0.12f), random.Between(0.06f, 0.16f));
        (_vessels, _tissue) = (new GradientNoise(random.NextBits()), new GradientNoise(random.NextBits()));
    }

    /// <summary>Density at a point, and how far it is lung: 0 to 1.</summary>
    public float Density(float x, float y, out float lung)
    {
        var aside = MathF.Abs(x);
        lung = 0;
        var body = Body(y, aside);
        if (body <= 0) return 0;

        var heart = Step(1.12f, 0.88f, Radius((x - _heartX) / _heartWidth, (y - _heartY) / _heartHeight));
        lung = Lung(x, y, aside) * (1 - 0.8f * heart);
        var density = 0.6f + 0.1f * _tissue.At(1.5f * x + 9, 1.5f * y) + 0.08f * y;
        density -= 0.42f * lung;
        density += 0.07f * heart + 0.12f * Bump(aside / 0.2f) * Step(0.9f, 0.4f, MathF.Abs(y + 0.2f)); // mediastinum
        density += Spine(y, aside) + Ribs(y, aside);
        density += 0.16f * Bump((y - _clavicle - 0.03f + 0.14f * aside) / 0.05f) * Step(0.05f, 0.1f, aside) * Step(1, 0.85f, aside);
        density += lung * (Vessels(x, y, aside) + _breast * Bump(Radius((aside - 0.55f) / 0.5f, (y - 0.35f) / 0.4f)));
        return body * density;
    }

    private float Lung(float x, float y, float aside)
    {
        var along = (y - _lungTop) / _lungHeight; // 0 at the apex, 1 at the foot of the field
        if (along is < -0.05f or > 1) return 0;
        var width = _lungWidth * (0.62f + 0.5f * along);
        var field = Step(1.06f, 0.9f, Radius((aside - _lungCentre + 0.08f * (1 - along)) / width, 2 * along - 1));
        var dome = (x < 0 ? _rightDome : _leftDome) + 0.9f * (aside - _lungCentre) * (aside - _lungCentre);
        return field * Step(0.03f, -0.03f, y - dome);
    }

    private float Body(float y, float aside)
    {
        var shoulders = Step(-1.15f, -0.75f, y);
        return Step(0.04f, -0.04f, aside - float.Lerp(0.4f, _trunk + 0.2f * Bump((y + 0.75f) / 0.4f), shoulders));
    }

    private float Spine(float y, float aside)
    {
        var disc = Bump(2.2f * Fraction(y / _vertebra));
        return Step(0.13f, 0.08f, aside) * (0.08f + 0.05f * (1 - disc));
    }

    private float Ribs(float y, float aside)
    {
        if (aside > 1.02f) return 0;
        var posterior = Fraction((y - _ribSlope * aside - 0.45f * aside * aside * aside) / _ribSpacing + _ribStart);
        var anterior = Fraction((y + 0.5f * aside - 0.55f * aside * aside) / (1.15f * _ribSpacing) + 0.3f + _ribStart);
        var strength = _ribStrength * (Rib(posterior) + 0.45f * Rib(anterior) * Step(0.25f, 0.4f, aside));
        return strength * Step(1.02f, 0.96f, aside) * Step(0.1f, 0.16f, aside) * Step(0.95f, 0.7f, y) * Step(-1.05f, -0.85f, y);
    }

    /// <summary>Across a rib: a plateau between two denser edges.</summary>
    private static float Rib(float offset) => Step(0.27f, 0.21f, MathF.Abs(offset)) * (0.7f + 8 * offset * offset);

    /// <summary>Vessels fan out from the hilum and thin towards the rim.</summary>
    private float Vessels(float x, float y, float aside)
    {
        var (dx, dy) = (aside - 0.16f, y + 0.02f);
        var distance = MathF.Sqrt(dx * dx + dy * dy) + 0.02f;
        var branches = _vessels.Ridge(7 * dy / distance + (x < 0 ? 40 : 0), 2.5f * distance + 4 * dx / distance);
        return _vesselStrength * branches * Step(0.75f, 0.1f, distance) + 0.12f * Bump(distance / 0.22f);
    }

    /// <summary>Smoothly 0 up to <paramref name="from"/> and 1 beyond <paramref name="to"/>, whichever is larger.</summary>
    internal static float Step(float from, float to, float value)
    {
        var t = Math.Clamp((value - from) / (to - from), 0, 1);
        return t * t * (3 - 2 * t);
    }

    /// <summary>1 at 0, falling to 0 at 1 and beyond.</summary>
    internal static float Bump(float distance)
    {
        var t = MathF.Max(0, 1 - distance * distance);
        return t * t;
    }

    internal static float Radius(float x, float y) => MathF.Sqrt(x * x + y * y);

    /// <summary>Distance to the nearest whole number, signed: -0.5 to 0.5.</summary>
    private static float Fraction(float value) => value - MathF.Floor(value + 0.5f);
}
