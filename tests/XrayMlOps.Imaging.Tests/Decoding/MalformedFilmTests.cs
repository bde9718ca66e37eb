using System.IO.Compression;
using SkiaSharp;
using XrayMlOps.Imaging.Decoding;
using XrayMlOps.Imaging.Dicom;
using XrayMlOps.Imaging.Tests.Dicom;
using XrayMlOps.Testing;
using static XrayMlOps.Imaging.Tests.Films;

namespace XrayMlOps.Imaging.Tests.Decoding;

/// <summary>What a folder in the wild may hold, in numbers: nothing of it stops the decoder, and what is refused has its reason.</summary>
public sealed class MalformedFilmTests
{
    private static readonly DicomDeidentifier s_deidentifier = new(ImagingLimits.Default);

    public static TheoryData<string> Kinds => ["jpeg", "png", .. Syntax.All];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Large_film_is_refused_at_every_kilobyte(string kind)
    {
        var film = Film(kind, 200);
        Assert.True(Decode(film).Succeeded);

        for (var end = 1024; end < film.Length; end += 1024) Assert.Equal(FilmRejection.Truncated, Decode(film[..end]).Rejection);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Flipped_bits_by_the_thousand_give_a_picture_or_a_reason(string kind)
    {
        var film = Film(kind, 24);
        var random = new Random(kind.Length);
        for (var i = 0; i < 1_000; i++)
        {
            var damaged = (byte[])film.Clone();
            for (var flips = random.Next(1, 5); flips > 0; flips--)
            {
                var at = random.Next(2) == 0 ? random.Next(film.Length) : random.Next(Math.Min(film.Length, 600)); // headers are hit more often
                damaged[at] ^= (byte)(1 << random.Next(8));
            }
            var result = Decode(damaged, Square(24), out var pixels);
            Assert.Equal(result.Succeeded, result.Reason is null);
            if (result.Succeeded && s_deidentifier.Deidentify(damaged) is { Succeeded: true } clean) Assert.Equal(pixels, Pixels(clean.Content, Square(24)));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Wrong_magic_is_refused(string kind)
    {
        var film = Film(kind, 24);
        film[kind is "jpeg" or "png" ? 1 : 129] ^= 0x20;

        Assert.Equal(FilmRejection.UnknownType, Decode(film).Rejection);
    }

    [Fact]
    public void Ten_thousand_empty_files_are_refused()
    {
        for (var i = 0; i < 10_000; i++) Assert.Equal(FilmRejection.Empty, Decode([]).Rejection);
    }

    [Fact]
    public void Png_that_inflates_to_far_more_than_its_header_says_is_read_no_further()
    {
        using var idat = new MemoryStream();
        using (var deflated = new ZLibStream(idat, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 256; i++) deflated.Write(zeros);
        }

        var result = Decode(Pngs.OfChunk(16, 16, idat.ToArray()), Square(16), out var pixels);

        Assert.True(!result.Succeeded || pixels.All(pixel => pixel == 0), result.Reason);
        Assert.InRange(idat.Length, 1, 1 << 20);
    }

    [Fact]
    public void Large_png_of_zeros_within_the_limits_is_black()
    {
        const int side = 9_000;
        using var idat = new MemoryStream();
        using (var deflated = new ZLibStream(idat, CompressionLevel.Fastest, leaveOpen: true))
        {
            var row = new byte[side + 1];
            for (var y = 0; y < side; y++) deflated.Write(row);
        }

        Assert.All(Pixels(Pngs.OfChunk(side, side, idat.ToArray()), Square(16)), pixel => Assert.Equal(0, pixel));
    }

    private static byte[] Film(string kind, int side)
    {
        byte Gray(int x, int y) => (byte)(x * y + (x * 31 + y * 17) % 29);
        return kind switch
        {
            "jpeg" => Encode(SKEncodedImageFormat.Jpeg, SKColorType.Gray8, side, side, Gray),
            "png" => Encode(SKEncodedImageFormat.Png, SKColorType.Gray8, side, side, Gray),
            _ => Dicoms.Of(
                side, side, [.. Enumerable.Range(0, side * side).Select(i => (int)Gray(i % side, i / side))], kind is Syntax.Jpeg ? 8 : 12, syntax: kind)
                .Set(0x0010_0010, "PN", "A^B").Build(),
        };
    }
}
