using System.Text;
using CsCheck;
using SkiaSharp;
using XrayMlOps.Core.Preprocessing;
using XrayMlOps.Imaging.Decoding;
using static XrayMlOps.Imaging.Tests.Films;

namespace XrayMlOps.Imaging.Tests.Decoding;

public sealed class FilmRefusalTests
{
    public static TheoryData<string> Formats => ["gray jpeg", "colour jpeg", "png"];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Truncated_film_is_refused_wherever_it_ends(string format)
    {
        var film = Film(format);
        var ends = Enumerable.Range(0, film.Length).Where(end => end < 700 || end % 1024 == 0 || end >= film.Length - 20);

        foreach (var end in ends)
        {
            var result = Decode(film[..end]);
            Assert.True(result.Rejection is FilmRejection.Truncated or FilmRejection.Empty, $"{end} of {film.Length} bytes: {result.Rejection} {result.Reason}");
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Bytes_after_the_end_are_allowed(string format)
    {
        var film = Film(format);

        Assert.Equal(Pixels(film, PreprocessingSpec.Default), Pixels([.. film, .. new byte[1000], 0xFF, 0xD8, 1], PreprocessingSpec.Default));
    }

    [Fact]
    public void Film_cut_tailbut_filled_up_with_zeros_is_refused()
    {
        var film = Film("gray jpeg");
        film.AsSpan(film.Length / 2).Clear();

        Assert.Equal(FilmRejection.Truncated, Decode(film).Rejection);
    }

    [Fact]
    public void Any_flipped_bit_in_the_pixels_of_a_png_is_refused()
    {
        var film = Pngs.Of(16, 16, 8, Pngs.Gray, [.. Enumerable.Range(0, 256).Select(i => (byte)(i * 7))]);
        const int pixels = 8 + 25 + 8; // signature, header chunk, length and type of the pixel chunk
        for (var at = pixels; at < film.Length - 12; at++)
        {
            var damaged = (byte[])film.Clone();
            damaged[at] ^= 0x10;
            var result = Decode(damaged);
            Assert.True(!result.Succeeded, $"byte {at} of {film.Length} was changed");
        }
    }

    [Fact]
    public void Png_with_fewer_rows_than_its_header_says_is_refused()
    {
        var tail = Pngs.Of(16, 8, 8, Pngs.Gray, new byte[128]);
        var tall = Pngs.Of(16, 16, 8, Pngs.Gray, new byte[256]);
        byte[] film = [.. tall[..33], .. tail[33..]];

        Assert.Equal(FilmRejection.Truncated, Decode(film).Rejection);
    }

    [Fact]
    public void Random_bytes_are_refused() => Gen.Byte.Array[0, 2_000].Sample(bytes => Assert.False(Decode(bytes).Succeeded), iter: 300);

    [Fact]
    public void Random_bytes_behind_a_good_beginning_are_refused()
    {
        var beginnings = Formats.Select(format => Film(format.Data)[..300]).ToArray();

        Gen.Select(Gen.Int[0, 2].Select(i => beginnings[i]), Gen.Byte.Array[0, 2_000])
            .Sample((beginning, bytes) => Assert.False(Decode([.. beginning, .. bytes.Where(octet => octet != 0xFF)]).Succeeded), iter: 300);
    }

    [Fact]
    public void Flipped_bits_give_a_picture_or_a_reason_but_no_crash()
    {
        var films = Formats.Select(format => Film(format.Data)).ToArray();

        Gen.Select(Gen.Int[0, 2].Select(i => films[i]), Gen.Select(Gen.Double.Unit, Gen.Int[0, 7]).Array[1, 8]).Sample((film, flips) =>
        {
            var damaged = (byte[])film.Clone();
            foreach (var (place, bit) in flips) damaged[(int)(place * place * (film.Length - 1))] ^= (byte)(1 << bit);
            var result = Decode(damaged);
            Assert.Equal(result.Succeeded, result.Reason is null);
        }, iter: 400);
    }

    [Fact]
    public void Bombs_are_refused_by_their_header()
    {
        var jpeg = Film("gray jpeg");
        var frame = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0, 0x00, 0x0B]);
        Assert.True(frame > 0, "the phantom has no baseline grey frame header");
        new byte[] { 65_500 >> 8, 65_500 & 0xFF, 65_500 >> 8, 65_500 & 0xFF }.CopyTo(jpeg, frame + 5);

        Assert.Equal(FilmRejection.TooManyPixels, Decode(jpeg).Rejection);
        Assert.Equal(FilmRejection.TooManyPixels, Decode(Pngs.Bomb(65_500, 65_500)).Rejection);
        Assert.Equal(FilmRejection.TooManyPixels, Decode(Pngs.Bomb(int.MaxValue, 1)).Rejection);
    }

    [Fact]
    public void Limits_are_the_largest_allowed()
    {
        var film = Pngs.Of(20, 10, 8, Pngs.Gray, new byte[200]);
        var limits = new ImagingLimits { MaxBytes = film.Length, MaxSide = 20, MaxPixels = 200 };

        Assert.Equal(FilmRejection.None, DecodeWithin(limits));
        Assert.Equal(FilmRejection.TooManyBytes, DecodeWithin(limits with { MaxBytes = film.Length - 1 }));
        Assert.Equal(FilmRejection.TooManyPixels, DecodeWithin(limits with { MaxSide = 19 }));
        Assert.Equal(FilmRejection.TooManyPixels, DecodeWithin(limits with { MaxPixels = 199 }));

        FilmRejection DecodeWithin(ImagingLimits bounds) => new FilmDecoder(bounds).Decode(film, Square(8), new byte[64]).Rejection;
    }

    [Theory]
    [InlineData("%PDF-1.7 film.jpeg", "a PDF document")]
    [InlineData("GIF89a..........", "a GIF image")]
    [InlineData("RIFF....WEBPVP8 ", "a WebP image")]
    [InlineData("<html><body>404</body></html>", "text")]
    [InlineData("PK\u0003\u0004........", "a zip archive")]
    public void Other_types_are_named(string content, string name)
    {
        var result = Decode(Encoding.Latin1.GetBytes(content));

        Assert.Equal(FilmRejection.UnknownType, result.Rejection);
        Assert.Contains($"{name}, not a JPEG, PNG or DICOM file", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Jpeg_of_twelve_bits_is_unsupported()
    {
        var jpeg = Film("gray jpeg");
        var frame = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0, 0x00, 0x0B]);
        jpeg[frame + 4] = 12;

        Assert.Equal(FilmRejection.Unsupported, Decode(jpeg).Rejection);
    }

    private static byte[] Film(string format) => format switch
    {
        "gray jpeg" => Phantom(),
        "colour jpeg" => Encode(SKEncodedImageFormat.Jpeg, SKColorType.Rgba8888, 90, 70, (x, y) => (byte)(x * y)),
        _ => Encode(SKEncodedImageFormat.Png, SKColorType.Gray8, 90, 70, (x, y) => (byte)(x * y)),
    };
}
