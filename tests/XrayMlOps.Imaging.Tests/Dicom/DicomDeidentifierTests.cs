using System.Text;
using CsCheck;
using XrayMlOps.Imaging.Decoding;
using XrayMlOps.Imaging.Dicom;
using XrayMlOps.Testing;
using static XrayMlOps.Imaging.Tests.Films;

namespace XrayMlOps.Imaging.Tests.Dicom;

public sealed class DicomDeidentifierTests
{
    private const int Side = 16;
    private const string Secret = "GHX7KUZNETSOV";

    private static readonly DicomDeidentifier s_deidentifier = new(ImagingLimits.Default);

    public static TheoryData<string> Syntaxes => [.. Syntax.All];

    [Theory]
    [MemberData(nameof(Syntaxes))]
    public void What_identifies_is_nowhere_in_the_result_and_the_picture_is_the_same(string syntax)
    {
        var film = Planted(syntax).Build();
        Assert.Contains(Secret, Encoding.Latin1.GetString(film), StringComparison.Ordinal);

        var clean = s_deidentifier.Deidentify(film);

        Assert.True(clean.Succeeded, clean.Film.Reason);
        var written = Encoding.Latin1.GetString(clean.Content);
        Assert.DoesNotContain("KUZNETSOV", written, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("19560229", written, StringComparison.Ordinal);
        Assert.DoesNotContain("1.2.3.4.5", written, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET_STATION", written, StringComparison.Ordinal);
        Assert.Contains("CHEST", written, StringComparison.Ordinal);
        Assert.Equal((Secret, "HOSPITAL"), (clean.PatientId, clean.IssuerOfPatientId));
        Assert.Equal(Decode(film).Info, Decode(clean.Content).Info);
        Assert.Equal(Pixels(film, Square(32)), Pixels(clean.Content, Square(32)));
    }

    [Theory]
    [MemberData(nameof(Syntaxes))]
    public void Deidentifying_twice_changes_nothing_and_is_what_the_server_takes(string syntax)
    {
        var film = Planted(syntax).Build();

        var once = s_deidentifier.Deidentify(film).Content!;

        Assert.Equal(once, s_deidentifier.Deidentify(film).Content);
        Assert.Equal(once, s_deidentifier.Deidentify(once).Content);
        Assert.Null(s_deidentifier.Deidentify(once).PatientId);
        Assert.Null(s_deidentifier.FindForbidden(once));
        Assert.NotNull(s_deidentifier.FindForbidden(film));
    }

    [Fact]
    public void Any_film_decodes_the_same_before_and_after()
    {
        var films =
            from syntax in Gen.Int[0, 2]
            from stored in Gen.Int[8, 16]
            from isSigned in Gen.Bool
            from isInverted in Gen.Bool
            from window in Gen.Int[0, 3]
            from padding in Gen.Int[-1, 200]
            from values in Gen.Int[0, 65_535].Array[Side * Side]
            select (syntax, stored, isSigned, isInverted, window, padding, values);
        films.Sample(generated =>
        {
            var (syntax, stored, isSigned, isInverted, window, padding, values) = generated;
            var dicom = Dicoms.Of(Side, Side, values, stored, isSigned, Syntax.Lossless[syntax], isInverted ? "MONOCHROME1" : "MONOCHROME2");
            if (window > 0)
            {
                dicom.Window("100.5\\3", "1e2 \\77", ((string[])["LINEAR", "LINEAR_EXACT", "SIGMOID"])[window - 1])
                    .Set(0x0028_1053, "DS", "0.333333333333333333")
                    .Set(0x0028_1052, "DS", "-7");
            }
            if (padding >= 0) dicom.Set(0x0028_0120, padding);
            var film = dicom.Build();

            var clean = s_deidentifier.Deidentify(film);

            Assert.True(clean.Succeeded, clean.Film.Reason);
            Assert.Equal(Pixels(film, Square(Side)), Pixels(clean.Content, Square(Side)));
            Assert.Null(s_deidentifier.FindForbidden(clean.Content));
        }, iter: 200);
    }

    [Fact]
    public void Lookup_tables_go_along_without_their_explanations()
    {
        var table = new DicomFile()
            .Set(0x0028_3002, "US", [0, 1, 0, 0, 8, 0])
            .Set(0x0028_3003, "LO", Secret)
            .Set(0x0028_3006, "OW", [.. Enumerable.Range(0, 256).Select(i => (byte)(i * i))]);
        foreach (var syntax in Syntax.Lossless)
        {
            var film = Film(syntax).SetSequence(0x0028_3000, isUndefined: true, table).SetSequence(0x0028_3010, isUndefined: true, table).Build();

            var clean = s_deidentifier.Deidentify(film).Content!;

            Assert.DoesNotContain(Secret, Encoding.Latin1.GetString(clean), StringComparison.Ordinal);
            Assert.Equal(Pixels(film, Square(Side)), Pixels(clean, Square(Side)));
            Assert.Null(s_deidentifier.FindForbidden(clean));
        }
    }

    [Fact]
    public void Equal_films_have_equal_bytes_whoever_they_show()
    {
        var one = Film().Set(0x0010_0010, "PN", "A^B").Set(0x0008_0018, "UI", "1.2.3").Build();
        var other = Film().Set(0x0010_0010, "PN", "C^D").Set(0x0008_0018, "UI", "1.2.4").Build();
        var exposed = Film().Set(0x0018_0060, "DS", "120").Build();

        Assert.Equal(s_deidentifier.Deidentify(one).Content, s_deidentifier.Deidentify(other).Content);
        Assert.NotEqual(s_deidentifier.Deidentify(one).Content, s_deidentifier.Deidentify(exposed).Content);
    }

    [Fact]
    public void Values_that_are_not_what_their_attribute_allows_are_left_out()
    {
        var film = Film()
            .Set(0x0018_0015, "CS", "Mr. Kuznetsov")
            .Set(0x0018_5101, "CS", "PA")
            .Set(0x0018_0060, "DS", "KUZNETSOV")
            .Set(0x0028_0030, "DS", "0.139\\KUZNETSOV")
            .Build();

        var written = Encoding.Latin1.GetString(s_deidentifier.Deidentify(film).Content!);

        Assert.DoesNotContain("Kuznetsov", written, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("0.139", written, StringComparison.Ordinal);
        Assert.Contains("PA", written, StringComparison.Ordinal);
    }

    [Fact]
    public void Refusal_names_attributes_but_never_values()
    {
        var clean = s_deidentifier.Deidentify(Film().Build()).Content!;
        var film = Planted(Syntax.Explicit).Build();

        var reason = s_deidentifier.FindForbidden(film);

        Assert.NotNull(reason);
        Assert.Contains("PatientName (0010,0010)", reason, StringComparison.Ordinal);
        Assert.Contains("and 9 more; ", reason, StringComparison.Ordinal);
        Assert.Contains("push it with xray", reason, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, reason, StringComparison.Ordinal);
        Assert.Contains("as de-identification writes it", s_deidentifier.FindForbidden([(byte)'S', .. clean[1..]]), StringComparison.Ordinal);
        Assert.Null(s_deidentifier.FindForbidden(Phantom()));
    }

    [Theory]
    [InlineData(Syntax.Explicit)]
    [InlineData(Syntax.RunLength)]
    public void Overlay_in_unused_bits_of_pixels_is_cleared(string syntax)
    {
        var values = Enumerable.Range(0, Side * Side).ToArray();
        var plain = Dicoms.Of(Side, Side, values, 12, syntax: syntax).Build();
        var overlaid = Dicoms.Of(Side, Side, [.. values.Select((value, i) => value | i % 3 << 13)], 12, syntax: syntax).Build();

        Assert.Equal(s_deidentifier.Deidentify(plain).Content, s_deidentifier.Deidentify(overlaid).Content);
    }

    [Fact]
    public void Burned_in_annotation_is_refused()
    {
        var clean = s_deidentifier.Deidentify(Film().Set(0x0028_0301, "CS", "YES").Build());

        Assert.False(clean.Succeeded);
        Assert.Contains("burned-in annotation", clean.Film.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Patient_number_is_read_in_the_files_character_set()
    {
        var film = Film().Set(0x0008_0005, "CS", "ISO_IR 192").Set(0x0010_0020, "LO", [.. "№17 "u8]).Build();

        Assert.Equal("№17", s_deidentifier.Deidentify(film).PatientId);
    }

    private static DicomFile Film(string syntax = Syntax.Explicit) =>
        Dicoms.Of(Side, Side, [.. Enumerable.Range(0, Side * Side).Select(i => i % 256)], syntax: syntax);

    /// <summary>A film with the secret in every kind of place.</summary>
    private static DicomFile Planted(string syntax)
    {
        var nested = new DicomFile { TransferSyntax = syntax }
            .Set(0x0010_0010, "PN", Secret)
            .SetSequence(0x0040_A730, isUndefined: true, new DicomFile { TransferSyntax = syntax }.Set(0x0040_A160, "UT", Secret));
        var film = Film(syntax)
            .Set(0x0008_0020, "DA", "19560229")
            .Set(0x0008_0080, "LO", Secret)
            .SetSequence(0x0008_1140, isUndefined: true, nested)
            .Set(0x0009_0010, "LO", "VENDOR")
            .Set(0x0009_1001, "LO", Secret)
            .Set(0x0010_0010, "PN", $"{Secret}^X")
            .Set(0x0010_0020, "LO", $" {Secret}")
            .Set(0x0010_0021, "LO", "HOSPITAL")
            .Set(0x0010_0030, "DA", "19560229")
            .Set(0x0018_0015, "CS", "CHEST")
            .SetSequence(0x0040_0275, isUndefined: false, nested)
            .Set(0x0028_1055, "LO", Secret)
            .Set(0x6000_3000, "OW", Encoding.ASCII.GetBytes(Secret + " "))
            .Set(0x6000_4000, "LT", Secret)
            .Set(0xFFFC_FFFC, "OB", Encoding.ASCII.GetBytes(Secret + " "));
        if (syntax is not Syntax.Jpeg) return film;
        var jpeg = Encode(SkiaSharp.SKEncodedImageFormat.Jpeg, SkiaSharp.SKColorType.Gray8, Side, Side, (x, y) => (byte)(x * y));
        byte[] comment = [0xFF, 0xFE, 0, (byte)(2 + Secret.Length), .. Encoding.ASCII.GetBytes(Secret)];
        byte[] commented = [.. jpeg[..2], .. comment, .. jpeg[2..], .. Encoding.ASCII.GetBytes(Secret)];
        return film.SetFragments(DicomFile.Even(commented));
    }
}
