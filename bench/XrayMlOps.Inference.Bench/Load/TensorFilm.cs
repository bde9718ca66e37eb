namespace XrayMlOps.Inference.Bench.Load;

/// <summary>A film as the network takes it, drawn by chance.</summary>
/// <param name="Pixels">Grey values, 0 to 1, of <c>[1, 1, 256, 256]</c>.</param>
internal sealed record TensorFilm(float[] Pixels)
{
    public const int Side = 256;
    private const int Block = 32, Count = 16;

    /// <summary>Films of large grey squares with noise on them, the same every time.</summary>
    public static IReadOnlyList<TensorFilm> All { get; } = Draw();

    /// <summary>As grey values, 0 to 255.</summary>
    public byte[] Grey()
    {
        var grey = new byte[Pixels.Length];
        PixelNormalisation.ToPixels(Pixels, grey);
        return grey;
    }

    private static TensorFilm[] Draw()
    {
        Random random = new(1);
        return [.. Enumerable.Range(0, Count).Select(_ => Draw(random))];
    }

    private static TensorFilm Draw(Random random)
    {
        var blocks = new float[Side / Block * (Side / Block)];
        foreach (ref var block in blocks.AsSpan()) block = random.NextSingle();
        var pixels = new float[Side * Side];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = 0.9f * blocks[i / Side / Block * (Side / Block) + i % Side / Block] + 0.1f * random.NextSingle();
        return new TensorFilm(pixels);
    }
}
