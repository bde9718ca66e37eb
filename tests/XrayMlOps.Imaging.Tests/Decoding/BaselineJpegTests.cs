using SkiaSharp;
using XrayMlOps.Imaging.Decoding;
using XrayMlOps.Imaging.Decoding.Baseline;
using XrayMlOps.Testing;

namespace XrayMlOps.Imaging.Tests.Decoding;

/// <summary>Our decoder beside the codec, to the bit.</summary>
public sealed class BaselineJpegTests
{
    private static readonly int[] s_reductions = [1, 2, 4, 8];

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 9)]
    [InlineData(64, 8)]
    [InlineData(65, 17)]
    [InlineData(333, 250)]
    public void Gray_films_of_any_size_and_quality_are_those_of_the_codec(int width, int height)
    {
        foreach (var quality in (int[])[1, 30, 75, 95, 100])
        {
            var random = new Random(quality);
            // A gradient with noise: long codes, short ones and runs.
            var film = Films.Encode(
                SKEncodedImageFormat.Jpeg, SKColorType.Gray8, width, height, (x, y) => (byte)Math.Clamp(x - y / 2 + random.Next(x % 64 * 4 + 1), 0, 255), quality);
            foreach (var reduction in s_reductions) AssertSame(film, reduction, $"{width} x {height} at quality {quality}");
        }
    }

    [Fact]
    public void Real_films_are_those_of_the_codec()
    {
        var files = RealFilms.Find("originals");
        Assert.SkipWhen(files is [], "the real films are not here");

        var decoded = 0;
        foreach (var file in files)
        {
            var film = File.ReadAllBytes(file);
            if (!IsGray(film)) continue;
            foreach (var reduction in s_reductions) AssertSame(film, reduction, Path.GetFileName(file));
            decoded++;
        }
        Assert.True(decoded > files.Length / 2, $"{decoded} of {files.Length} are grey");
    }

    [Fact]
    public void What_is_damaged_is_that_of_the_codec_or_left_to_it()
    {
        var film = Films.Phantom();
        var random = new Random(1);
        var decoded = 0;
        for (var trial = 0; trial < 2_000; trial++)
        {
            var damaged = film.ToArray();
            for (var i = random.Next(1, 4); i > 0; i--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            if (!IsGray(damaged)) continue;
            var reduction = s_reductions[trial % s_reductions.Length];
            if (ByCodec(damaged, reduction) is not { } expected) continue;
            var pixels = new byte[expected.Length];
            if (!BaselineJpeg.TryDecode(damaged, reduction, pixels)) continue;
            Assert.Equal(expected, pixels);
            decoded++;
        }
        Assert.InRange(decoded, 100, 2_000);
    }

    private static void AssertSame(byte[] film, int reduction, string name)
    {
        var expected = ByCodec(film, reduction);
        Assert.NotNull(expected);
        var pixels = new byte[expected.Length];
        Assert.True(BaselineJpeg.TryDecode(film, reduction, pixels), $"{name}: not decoded");
        var first = expected.AsSpan().CommonPrefixLength(pixels);
        Assert.True(first == pixels.Length, $"{name}, reduced {reduction} times: differs from pixel {first} of {pixels.Length}");
    }

    private static bool IsGray(byte[] film) => JpegStructure.Read(film, ImagingLimits.Default, out var isGray).Succeeded && isGray;

    /// <summary>Null where it finds damage.</summary>
    private static byte[]? ByCodec(byte[] film, int reduction)
    {
        using var codec = SKCodec.Create(new MemoryStream(film));
        if (codec is null) return null;
        var size = codec.GetScaledDimensions(1f / reduction);
        var pixels = new byte[size.Width * size.Height];
        unsafe
        {
            fixed (byte* start = pixels)
            {
                var result = codec.GetPixels(new SKImageInfo(size.Width, size.Height, SKColorType.Gray8, SKAlphaType.Opaque), (nint)start, size.Width, SKCodecOptions.Default);
                return result == SKCodecResult.Success ? pixels : null;
            }
        }
    }
}
