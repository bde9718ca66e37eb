using System.Buffers.Binary;
using SkiaSharp;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Preprocessing;
using XrayMlOps.Imaging.Decoding;
using static XrayMlOps.Imaging.Tests.Films;

namespace XrayMlOps.Imaging.Tests.Decoding;

public sealed class FilmDecoderTests
{
    // 48 x 40, made from Pattern by cjpeg -quality 80 and jpegtran -progressive.
    private const string ProgressiveJpeg =
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAYEBQYFBAYGBQYHBwYIChAKCgkJChQODwwQFxQYGBcUFhYaHSUfGhsjHBYWICwgIyYnKSopGR8tMC0oMCUoKSj/wgALCAAoAD" +
        "ABAREA/8QAGAABAAMBAAAAAAAAAAAAAAAABQQGBwL/2gAIAQEAAAABoL7/AE+/iqCFgQQyRVZVVXIGmpjSebS5dpkd/wD/xAAbEAADAAMBAQAAAAAAAAAAAAAAAgMBBBIT" +
        "EP/aAAgBAQABBQKZqEyZqEyclMY4JsxOSmMcE2Ym5NfUnAm5NfUSBODGunBPknBjXTgwTmNMnMmhnHz/xAAdEAACAgIDAQAAAAAAAAAAAAAAMQEQESESIlEC/9oACAEBAA" +
        "Y/AibmkRx0MRHHQxHmBiPMDEdtUjtfzcV//8QAIhAAAgAFAwUAAAAAAAAAAAAAAAERITHw8RBhsSBBUaHR/9oACAEBAAE/IVE4CiicBTMG5VTHGYNyqmOLrLgy+i6y4MhL" +
        "5M2TPeoP5ejNkzTGgyal0QoIlvZp/9oACAEBAAAAECy1mX//xAAjEAABAwMEAwEBAAAAAAAAAAABABEhMVHBYXHR8JGhsUGB/9oACAEBAAE/ECQjdtUSESEbtqiQoeblH1" +
        "Dc7UruoGDhQ83KPqG52pXdQMHCLHb0isj7H8WRY6+0WO3pFZH2P4smonr/AFQMHKJAo3O1abqHm4UDByiQKdztWm6sDsiRCN+L4RIhMASGChSHIAAMKL//2Q==";

    [Fact]
    public void Phantom_jpeg_matches_full_decode()
    {
        foreach (var label in ImageLabels.All)
        {
            var film = Phantom(label);

            // Phantoms are at most 640 pixels wide, so that 128 is a size for which the codec reduces.
            foreach (var side in new[] { 64, 128, 256 })
            {
                var (rootMeanSquare, largest) = Difference(Pixels(film, Square(side)), ReferencePixels(film, Square(side)));
                Assert.InRange(rootMeanSquare, 0, 1);
                Assert.InRange(largest, 0, 16);
            }
        }
    }

    [Fact]
    public void Info_names_the_original()
    {
        var jpeg = Encode(SKEncodedImageFormat.Jpeg, SKColorType.Gray8, 701, 433, Pattern);
        var png = Encode(SKEncodedImageFormat.Png, SKColorType.Gray8, 701, 433, Pattern);

        Assert.Equal(new FilmInfo(FilmFormat.Jpeg, 701, 433), Decode(jpeg).Info);
        Assert.Equal(new FilmInfo(FilmFormat.Png, 701, 433), Decode(png).Info);
    }

    [Fact]
    public void Gray_and_colour_jpeg_of_one_picture_agree()
    {
        var gray = Encode(SKEncodedImageFormat.Jpeg, SKColorType.Gray8, 300, 280, Pattern);
        var colour = Encode(SKEncodedImageFormat.Jpeg, SKColorType.Rgba8888, 300, 280, Pattern);

        Assert.InRange(Difference(Pixels(gray, PreprocessingSpec.Default), Pixels(colour, PreprocessingSpec.Default)).Largest, 0, 2);
    }

    [Fact]
    public void Gray_and_colour_png_of_one_picture_are_equal()
    {
        var gray = Encode(SKEncodedImageFormat.Png, SKColorType.Gray8, 300, 280, Pattern);
        var colour = Encode(SKEncodedImageFormat.Png, SKColorType.Rgba8888, 300, 280, Pattern);

        Assert.Equal(Pixels(gray, PreprocessingSpec.Default), Pixels(colour, PreprocessingSpec.Default));
    }

    [Fact]
    public void Colour_becomes_luma()
    {
        byte[] colours = [255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30];
        var film = Pngs.Of(4, 1, 8, Pngs.Rgb, colours);

        var pixels = Pixels(film, Square(8));

        Assert.Equal<byte>([76, 76, 150, 150, 29, 29, 18, 18], pixels[..8]); // 0.299 R + 0.587 G + 0.114 B, rounded
    }

    [Fact]
    public void Progressive_jpeg_is_read()
    {
        var original = new byte[48 * 40];
        for (var i = 0; i < original.Length; i++) original[i] = Pattern(i % 48, i / 48);

        var pixels = Pixels(Convert.FromBase64String(ProgressiveJpeg), new PreprocessingSpec { Width = 48, Height = 40 });

        Assert.InRange(Difference(pixels, original).RootMeanSquare, 0, 4);
    }

    [Fact]
    public void Sixteen_bit_png_keeps_the_upper_eight_bits()
    {
        var samples = new byte[16 * 16 * 2];
        for (var i = 0; i < 256; i++) BinaryPrimitives.WriteUInt16BigEndian(samples.AsSpan(2 * i), (ushort)(i * 256 + 200));

        var pixels = Pixels(Pngs.Of(16, 16, 16, Pngs.Gray, samples), Square(16));

        Assert.Equal(Enumerable.Range(0, 256).Select(i => (byte)i), pixels);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Few_bits_stretch_to_the_full_range(int depth)
    {
        var samples = new byte[8 * depth];
        samples.AsSpan(4 * depth).Fill(0xFF);

        var pixels = Pixels(Pngs.Of(8, 8, depth, Pngs.Gray, samples), Square(8));

        Assert.Equal([.. new byte[32], .. Enumerable.Repeat((byte)255, 32)], pixels);
    }

    [Fact]
    public void Palette_png_takes_its_colours()
    {
        byte[] indices = [0, 1, 2, 1];
        var film = Pngs.Of(4, 1, 8, Pngs.Palette, indices, palette: [50, 50, 50, 100, 100, 100, 250, 250, 250]);

        Assert.Equal<byte>([50, 50, 100, 100, 250, 250, 100, 100], Pixels(film, Square(8))[..8]);
    }

    [Fact]
    public void Transparency_is_laid_over_black()
    {
        var film = Pngs.Of(2, 1, 8, Pngs.GrayAlpha, [200, 255, 200, 0]);

        Assert.Equal<byte>([200, 200, 200, 200, 0, 0, 0, 0], Pixels(film, Square(8))[..8]);
    }

    [Fact]
    public void One_pixel_fills_the_picture()
    {
        var png = Pngs.Of(1, 1, 8, Pngs.Gray, [137]);
        var jpeg = Encode(SKEncodedImageFormat.Jpeg, SKColorType.Gray8, 1, 1, (_, _) => 137);

        Assert.All(Pixels(png, PreprocessingSpec.Default), pixel => Assert.Equal(137, pixel));
        Assert.All(Pixels(jpeg, PreprocessingSpec.Default), pixel => Assert.InRange(pixel, 136, 138));
    }

    [Fact]
    public void Same_bytes_give_same_pixels_on_every_thread()
    {
        var film = Phantom();
        var expected = Pixels(film, PreprocessingSpec.Default);

        Parallel.For(0, 64, _ => Assert.Equal(expected, Pixels(film, PreprocessingSpec.Default)));
    }

    [Fact]
    public void Unknown_preprocessing_throws() =>
        Assert.Throws<NotSupportedException>(() => Decode(Phantom(), new PreprocessingSpec { Interpolation = "bicubic" }));

    private static byte Pattern(int x, int y) => (byte)Math.Min(255, 20 + 4 * x % 240 + y * y / 16 % 240 + ((x / 12 + y / 10) % 2 == 1 ? 30 : 0));
}
