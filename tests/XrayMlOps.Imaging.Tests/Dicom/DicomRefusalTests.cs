using XrayMlOps.Imaging.Decoding;
using XrayMlOps.Testing;
using static XrayMlOps.Imaging.Tests.Films;

namespace XrayMlOps.Imaging.Tests.Dicom;

public sealed class DicomRefusalTests
{
    private const int Side = 16;

    public static TheoryData<string> Syntaxes => [.. Syntax.All];

    [Theory]
    [InlineData("1.2.840.10008.1.2.1.99", "deflated explicit VR little endian (1.2.840.10008.1.2.1.99)")]
    [InlineData("1.2.840.10008.1.2.2", "explicit VR big endian (retired) (1.2.840.10008.1.2.2)")]
    [InlineData("1.2.840.10008.1.2.4.70", "JPEG lossless, process 14, selection value 1 (1.2.840.10008.1.2.4.70)")]
    [InlineData("1.2.840.10008.1.2.4.80", "JPEG-LS lossless (1.2.840.10008.1.2.4.80)")]
    [InlineData("1.2.840.10008.1.2.4.90", "JPEG 2000 lossless (1.2.840.10008.1.2.4.90)")]
    [InlineData("1.2.840.10008.1.2.4.201", "HTJ2K lossless (1.2.840.10008.1.2.4.201)")]
    [InlineData("1.2.840.113619.5.2", "1.2.840.113619.5.2")]
    public void Transfer_syntax_that_is_not_read_is_named(string syntax, string name)
    {
        var film = new DicomFile { TransferSyntax = syntax }.Set(0x0008_0060, "CS", "DX").Build();

        Assert.Equal(
            $"unsupported: the DICOM file's transfer syntax is {name}; implicit and explicit VR little endian, RLE lossless and JPEG baseline (8 bit) are read",
            Decode(film).Reason);
    }

    [Theory]
    [InlineData(0x0008_0060, "CS", "CT", "unsupported: the DICOM file is of modality CT; CR and DX are read")]
    [InlineData(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.2", "neither computed nor digital radiography")]
    [InlineData(0x0008_0068, "CS", "FOR PROCESSING", "raw pixels")]
    [InlineData(0x0028_0301, "CS", "YES", "burned-in annotation, which may tell who is shown")]
    [InlineData(0x0028_0008, "IS", "2", "unsupported: the DICOM file has 2 frames; 1 is read")]
    [InlineData(0x0028_0004, "CS", "RGB", "neither MONOCHROME1 nor MONOCHROME2")]
    [InlineData(0x0028_1050, "DS", "40", "a window centre without a width")]
    [InlineData(0x0028_1053, "DS", "steep", "corrupt: the DICOM file's RescaleSlope (0028,1053) is no number")]
    public void Film_of_another_kind_is_refused_with_its_reason(uint tag, string vr, string value, string reason) =>
        Assert.Contains(reason, Decode(Film(Syntax.Explicit).Set(tag, vr, value).Build()).Reason, StringComparison.Ordinal);

    [Theory]
    [InlineData(0x0028_0002, 3, "3 samples a pixel")]
    [InlineData(0x0028_0010, 0, "16 x 0 pixels")]
    [InlineData(0x0028_0010, 17, "256 bytes of pixels, where its header asks for 272")]
    [InlineData(0x0028_0100, 12, "stores 8 of 12 bits a pixel")]
    [InlineData(0x0028_0101, 9, "stores 9 of 8 bits a pixel")]
    [InlineData(0x0028_0102, 8, "up to bit 8")]
    [InlineData(0x0028_0103, 2, "pixel representation 2")]
    public void Header_that_describes_no_such_pixels_is_refused(uint tag, int value, string reason) =>
        Assert.Contains(reason, Decode(Film(Syntax.Explicit).Set(tag, value).Build()).Reason, StringComparison.Ordinal);

    [Theory]
    [InlineData("128", "0", null, "no width")]
    [InlineData("128", "0.5", "LINEAR", "no width")]
    [InlineData("128", "256", "CUBIC", "VOI LUT function is unknown")]
    public void Window_that_the_standard_does_not_allow_is_refused(string center, string width, string? function, string reason) =>
        Assert.Contains(reason, Decode(Film(Syntax.Explicit).Window(center, width, function).Build()).Reason, StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Syntaxes))]
    public void Film_is_refused_wherever_it_ends(string syntax)
    {
        var film = Film(syntax).SetSequence(0x0040_0275, isUndefined: true, new DicomFile { TransferSyntax = syntax }.Set(0x0010_0010, "PN", "A^B")).Build();

        Assert.True(Decode(film).Succeeded);
        for (var end = 0; end < film.Length; end++)
        {
            var result = Decode(film[..end]);
            Assert.False(result.Succeeded);
            Assert.True(end < 132 || result.Rejection == FilmRejection.Truncated, $"{end} of {film.Length} bytes: {result.Reason}");
        }
    }

    [Theory]
    [MemberData(nameof(Syntaxes))]
    public void Film_that_claims_many_pixels_is_refused_by_its_header(string syntax)
    {
        Assert.Equal(FilmRejection.TooManyPixels, Claiming(65_500, 65_500).Rejection);
        Assert.NotEqual(FilmRejection.TooManyPixels, Claiming(10_000, 10_000).Rejection);

        FilmDecodeResult Claiming(int rows, int columns)
        {
            var film = Film(syntax).Set(0x0028_0010, rows).Set(0x0028_0011, columns).Build();
            var before = GC.GetAllocatedBytesForCurrentThread();
            var result = Decode(film);
            Assert.False(result.Succeeded);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
            return result;
        }
    }

    [Theory]
    [InlineData("SQ")]
    [InlineData("UN")]
    public void Nesting_is_bounded(string vr)
    {
        var syntax = vr == "UN" ? Syntax.Implicit : Syntax.Explicit; // what is unknown is implicit
        var open = new DicomFile().Set(0x0009_1001, vr, "").DataSet(isExplicit: true)[..8];
        byte[] unbounded = [0xFF, 0xFF, 0xFF, 0xFF], item = [0xFE, 0xFF, 0, 0xE0, .. unbounded];
        byte[] inner = [.. syntax == Syntax.Implicit ? open[..4] : open, .. unbounded, .. item];
        var film = new DicomFile().Build();

        byte[] nested = [.. film, .. open, .. unbounded, .. item, .. Enumerable.Repeat(inner, 10_000).SelectMany(bytes => bytes)];

        Assert.Contains("nests sequences deeper than 16", Decode(nested).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Elements_must_ascend_and_be_even()
    {
        var film = Film(Syntax.Explicit).Build();
        var modality = film.AsSpan().IndexOf("CS\u0002\0DX"u8);

        Assert.Contains("odd length", Decode(With(film, modality + 2, 1)).Reason, StringComparison.Ordinal);
        Assert.Contains("must ascend", Decode(With(film, modality - 4, 7)).Reason, StringComparison.Ordinal);
        Assert.Contains("no known value representation", Decode(With(film, modality, (byte)'X')).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Syntaxes))]
    public void Lying_numbers_anywhere_give_a_picture_or_a_reason(string syntax)
    {
        var film = Film(syntax).SetSequence(0x0040_0275, isUndefined: true, new DicomFile { TransferSyntax = syntax }.Set(0x0010_0010, "PN", "A^B")).Build();
        foreach (var lie in (uint[])[uint.MaxValue, uint.MaxValue - 1, int.MaxValue, 1u << 31, 0, 1, 0xFFFE_E0DD, 0xE00D_FFFE])
        {
            for (var at = 132; at + 4 <= film.Length; at++)
            {
                var damaged = (byte[])film.Clone();
                BitConverter.TryWriteBytes(damaged.AsSpan(at), lie);
                var result = Decode(damaged, Square(8));
                Assert.Equal(result.Succeeded, result.Reason is null);
            }
        }
    }

    private static DicomFile Film(string syntax) => Dicoms.Of(Side, Side, [.. Enumerable.Range(0, Side * Side)], syntax: syntax);

    private static byte[] With(byte[] film, int at, byte value)
    {
        var changed = (byte[])film.Clone();
        changed[at] = value;
        return changed;
    }
}
