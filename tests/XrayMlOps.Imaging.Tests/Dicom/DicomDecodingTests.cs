using CsCheck;
using XrayMlOps.Imaging.Decoding;
using XrayMlOps.Imaging.Tests.Decoding;
using XrayMlOps.Testing;
using static XrayMlOps.Imaging.Tests.Films;

namespace XrayMlOps.Imaging.Tests.Dicom;

public sealed class DicomDecodingTests
{
    private const int Side = 16; // decoded at their own size, so that nothing is resampled

    private static readonly Gen<int[]> s_bytes = Gen.Int[0, 255].Array[Side * Side];

    [Fact]
    public void Film_with_identity_window_decodes_as_the_png_of_its_matrix() =>
        Gen.Select(s_bytes, Gen.Int[0, 2]).Sample(
            (matrix, syntax) => Assert.Equal(
                Pixels(Pngs.Of(Side, Side, 8, Pngs.Gray, [.. matrix.Select(value => (byte)value)]), Square(9)),
                Pixels(Dicoms.Of(Side, Side, matrix, syntax: Syntax.Lossless[syntax]).IdentityWindow().Build(), Square(9))),
            iter: 100);

    [Fact]
    public void Any_depth_is_read_alike_through_every_syntax()
    {
        var films =
            from stored in Gen.Int[8, 16]
            from isSigned in Gen.Bool
            from values in Gen.Int[isSigned ? -(1 << (stored - 1)) : 0, (1 << (isSigned ? stored - 1 : stored)) - 1].Array[Side * Side]
            select (stored, isSigned, values);
        films.Sample((film) =>
        {
            var (stored, isSigned, values) = film;
            var (lowest, highest) = (values.Min(), values.Max());
            var expected = values.Select(value => (byte)(int)((double)(value - lowest) / (highest - lowest) * 255 + 0.5));

            foreach (var syntax in Syntax.Lossless)
                Assert.Equal(expected, Pixels(Dicoms.Of(Side, Side, values, stored, isSigned, syntax).Build(), Square(Side)));
        }, iter: 100);
    }

    [Fact]
    public void Window_follows_the_standards_formulas()
    {
        var windows =
            from center in Gen.Double[-500, 4500]
            from width in Gen.Double[1, 5000]
            from slope in Gen.Int[0, 3].Select(i => ((double[])[1, 0.5, -2, 3.25])[i])
            from intercept in Gen.Int[-1024, 1024]
            from function in Gen.Int[0, 2].Select(i => ((string[])["LINEAR", "LINEAR_EXACT", "SIGMOID"])[i])
            from values in Gen.Int[0, 4095].Array[Side * Side]
            select (center, width, slope, intercept, function, values);
        windows.Sample(film =>
        {
            var (c, w, slope, intercept, function, values) = film;
            var dicom = Dicoms.Of(Side, Side, values, stored: 12).Window(Dicoms.Decimal(c), Dicoms.Decimal(w), function)
                .Set(0x0028_1053, "DS", Dicoms.Decimal(slope)).Set(0x0028_1052, "DS", Dicoms.Decimal(intercept));

            Assert.Equal(values.Select(value => (byte)(Shown(value * slope + intercept) + 0.5)), Pixels(dicom.Build(), Square(Side)));

            // PS3.3, C.11.2.1.2 and C.11.2.1.3, with an output range from 0 to 255.
            double Shown(double x) => function switch
            {
                "LINEAR" => x <= c - 0.5 - (w - 1) / 2 ? 0 : x > c - 0.5 + (w - 1) / 2 ? 255 : ((x - (c - 0.5)) / (w - 1) + 0.5) * 255,
                "LINEAR_EXACT" => x <= c - w / 2 ? 0 : x > c + w / 2 ? 255 : ((x - c) / w + 0.5) * 255,
                _ => 255 / (1 + Math.Exp(-4 * (x - c) / w)),
            };
        }, iter: 200);
    }

    [Fact]
    public void First_of_several_windows_counts()
    {
        var matrix = Ramp(8);

        Assert.Equal(
            Pixels(Dicoms.Of(Side, Side, matrix).Window("100", "50").Build(), Square(Side)),
            Pixels(Dicoms.Of(Side, Side, matrix).Window("100 \\ 7", "50\\9").Build(), Square(Side)));
    }

    [Fact]
    public void Monochrome1_is_monochrome2_turned_over() =>
        Gen.Int[0, 1023].Array[Side * Side].Sample(values =>
        {
            var shown = Pixels(Dicoms.Of(Side, Side, values, stored: 10).Window("500", "700").Build(), Square(Side));
            var turned = Pixels(Dicoms.Of(Side, Side, values, stored: 10, photometric: "MONOCHROME1").Window("500", "700").Build(), Square(Side));

            Assert.Equal(shown.Select(level => (byte)(255 - level)), turned);
        }, iter: 50);

    [Theory]
    [InlineData("MONOCHROME1")]
    [InlineData("MONOCHROME2")]
    public void Padding_is_black_and_stretches_nothing(string photometric)
    {
        var values = Ramp(12);
        values.AsSpan(0, Side).Fill(4095);
        var bare = Pixels(Dicoms.Of(Side, Side, [.. values[Side..], .. values[Side..(2 * Side)]], 12, photometric: photometric).Build(), Square(Side));

        var padded = Pixels(Dicoms.Of(Side, Side, values, 12, photometric: photometric).Set(0x0028_0120, 4090).Set(0x0028_0121, 4095).Build(), Square(Side));

        Assert.Equal([.. new byte[Side], .. bare[..^Side]], padded);
    }

    [Fact]
    public void Lookup_tables_are_applied_where_there_is_no_window()
    {
        var values = Ramp(8);
        var modality = new DicomFile()
            .Set(0x0028_3002, "US", [0, 1, 0, 0, 16, 0])
            .Set(0x0028_3006, "OW", [.. Enumerable.Range(0, 256).SelectMany(i => (byte[])[(byte)i, 2])]);
        var voi = new DicomFile()
            .Set(0x0028_3002, "US", [0, 1, 0, 2, 8, 0])
            .Set(0x0028_3006, "OW", [.. Enumerable.Range(0, 256).Select(i => (byte)(255 - i))]);

        foreach (var syntax in Syntax.Lossless)
        {
            var film = Dicoms.Of(Side, Side, values, syntax: syntax)
                .SetSequence(0x0028_3000, isUndefined: true, modality)
                .SetSequence(0x0028_3010, isUndefined: false, voi);
            Assert.Equal(values.Select(value => (byte)(255 - value)), Pixels(film.Build(), Square(Side)));
        }
    }

    [Fact]
    public void Bits_that_are_not_stored_do_not_count()
    {
        var values = Ramp(12);
        var plain = Pixels(Dicoms.Of(Side, Side, values, 12).Build(), Square(Side));

        foreach (var syntax in Syntax.Lossless)
        {
            var above = Dicoms.Of(Side, Side, [.. values.Select((value, i) => value | i % 16 << 12)], 12, syntax: syntax);
            Assert.Equal(plain, Pixels(above.Build(), Square(Side)));
            var shifted = Dicoms.Of(Side, Side, [.. values.Select((value, i) => value << 3 | i % 8)], 12, syntax: syntax).Set(0x0028_0102, 14);
            Assert.Equal(plain, Pixels(shifted.Build(), Square(Side)));
        }
    }

    [Fact]
    public void Jpeg_in_several_fragments_is_put_together()
    {
        var jpeg = Phantom();
        var size = Decode(jpeg).Info;
        var film = Dicoms.Of(size.Width, size.Height, new int[size.Width * size.Height], syntax: Syntax.Jpeg).IdentityWindow();
        var whole = Pixels(film.SetFragments(DicomFile.Even(jpeg)).Build(), Square(256));

        var split = film.SetFragments([0, 0, 0, 0], [jpeg[..1000], jpeg[1000..5002], DicomFile.Even(jpeg[5002..])]).Build();

        Assert.Equal(whole, Pixels(split, Square(256)));
        Assert.InRange(Difference(whole, ReferencePixels(jpeg, Square(256))).Largest, 0, 1);
        Assert.Equal(new FilmInfo(FilmFormat.Dicom, size.Width, size.Height), Decode(split).Info);
    }

    [Theory]
    [InlineData(Syntax.Implicit)]
    [InlineData(Syntax.Explicit)]
    public void Private_elements_and_nested_sequences_are_passed_over(string syntax)
    {
        var inner = new DicomFile { TransferSyntax = syntax }
            .Set(0x0010_0010, "PN", "A^B")
            .SetSequence(0x0040_A730, isUndefined: true, new DicomFile { TransferSyntax = syntax }.Set(0x0040_A160, "UT", "text"));
        var unknown = new DicomFile { TransferSyntax = Syntax.Implicit }
            .SetSequence(0x0009_1003, isUndefined: true, new DicomFile { TransferSyntax = Syntax.Implicit }.Set(0x0009_1004, "LO", "x "));

        var film = Dicoms.Of(Side, Side, Ramp(8), syntax: syntax)
            .Set(0x0009_0010, "LO", "VENDOR")
            .Set(0x0009_1001, "UN", [1, 2, 3, 4])
            .SetSequence(0x0009_1002, isUndefined: true, unknown, "UN") // what is unknown is implicit, whatever surrounds it
            .SetSequence(0x0008_1140, isUndefined: true, inner)
            .SetSequence(0x0008_2112, isUndefined: false, inner)
            .Set(0x6000_3000, "OW", new byte[32])
            .Set(0xFFFC_FFFC, "OB", new byte[70_000]);

        Assert.Equal(Pixels(Dicoms.Of(Side, Side, Ramp(8)).Build(), Square(Side)), Pixels(film.Build(), Square(Side)));
    }

    private static int[] Ramp(int bits) => [.. Enumerable.Range(0, Side * Side).Select(i => i << (bits - 8))];
}
