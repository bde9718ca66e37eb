using SkiaSharp;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Preprocessing;
using XrayMlOps.Imaging.Decoding;
using XrayMlOps.Imaging.Phantoms;
using XrayMlOps.Imaging.Resampling;

namespace XrayMlOps.Imaging.Tests;

/// <summary>Films for tests, and short ways to decode them.</summary>
internal static class Films
{
    public static FilmDecoder Decoder { get; } = new(ImagingLimits.Default);

    public static PreprocessingSpec Square(int side) => new() { Width = side, Height = side };

    public static byte[] Phantom(ImageLabel label = ImageLabel.Bacteria, int patient = 1) => PhantomGenerator.Film(label, patient, 1, new PhantomOptions());

    public static FilmDecodeResult Decode(byte[] content, PreprocessingSpec? spec = null) => Decode(content, spec ?? PreprocessingSpec.Default, out _);

    public static FilmDecodeResult Decode(byte[] content, PreprocessingSpec spec, out byte[] pixels)
    {
        pixels = new byte[spec.Height * spec.Width];
        return Decoder.Decode(content, spec, pixels);
    }

    public static byte[] Pixels(byte[] content, PreprocessingSpec spec)
    {
        var result = Decode(content, spec, out var pixels);
        Assert.True(result.Succeeded, result.Reason);
        return pixels;
    }

    /// <summary>Decoded in full, without the codec's reduction, then resampled.</summary>
    public static byte[] ReferencePixels(byte[] content, PreprocessingSpec spec)
    {
        using var bitmap = SKBitmap.Decode(content, FullSize(content));
        var gray = new byte[bitmap.Width * bitmap.Height];
        for (var i = 0; i < gray.Length; i++)
        {
            var colour = bitmap.GetPixel(i % bitmap.Width, i / bitmap.Width);
            gray[i] = (byte)Math.Round(0.299 * colour.Red + 0.587 * colour.Green + 0.114 * colour.Blue);
        }
        var pixels = new byte[spec.Height * spec.Width];
        AreaResampler.Resample(gray, bitmap.Width, bitmap.Height, pixels, spec.Width, spec.Height);
        return pixels;
    }

    public static byte[] Encode(SKEncodedImageFormat format, SKColorType type, int width, int height, Func<int, int, byte> gray, int quality = 95)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, type, SKAlphaType.Opaque));
        var pixels = bitmap.GetPixelSpan();
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var pixel = pixels.Slice(y * bitmap.RowBytes + x * bitmap.BytesPerPixel, bitmap.BytesPerPixel);
                pixel.Fill(gray(x, y));
                if (pixel.Length == 4) pixel[3] = 255;
            }
        }
        using var data = bitmap.Encode(format, quality);
        return data.ToArray();
    }

    public static (double RootMeanSquare, int Largest) Difference(byte[] a, byte[] b)
    {
        var differences = a.Zip(b, (x, y) => Math.Abs(x - y)).ToArray();
        return (Math.Sqrt(differences.Average(difference => (double)difference * difference)), differences.Max());
    }

    private static SKImageInfo FullSize(byte[] content)
    {
        using var data = SKData.CreateCopy(content);
        using var codec = SKCodec.Create(data);
        return new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Premul);
    }
}
