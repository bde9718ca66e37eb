namespace XrayMlOps.Imaging.Sheets;

/// <summary>
/// Printable ASCII in 5 x 8 pixels, the lowest row for descenders. SkiaSharp's build without system libraries finds no typeface on any
/// machine; with this, a sheet looks the same on every one.
/// </summary>
internal static class PixelFont
{
    public const int GlyphColumns = 5, GlyphRows = 8;

    private const char First = ' ', Last = '~', Unknown = '?';

    // A byte a column, from left to right; its lowest bit is the top row.
    private static readonly byte[] Columns = Convert.FromHexString(
        "000000000000005F00000007000700147F147F14242A7F2A12631308646336495522500000070000" + //  !"#$%&'
        "001C2241000041221C0014083E081408083E08080080602000080808080800606000002010080402" + // ()*+,-./
        "3E5149453E00427F400042615149462141454B311814127F1027454545393C4A4949300171090503" + // 01234567
        "3649494936064949291E003636000000563600000814224100141414141400412214080201510906" + // 89:;<=>?
        "324979413E7E0909097E7F494949363E414141227F4141221C7F494949417F090909013E4149497A" + // @ABCDEFG
        "7F0808087F00417F41002040413F017F081422417F404040407F020C027F7F0408107F3E4141413E" + // HIJKLMNO
        "7F090909063E4151215E7F09192946464949493101017F01013F4040403F1F2040201F3F4038403F" + // PQRSTUVW
        "631408146307087008076151494543007F41410002040810200041417F0004020102044040404040" + // XYZ[\]^_
        "000102040020545454787F484444383844444420384444487F3854545418087E09010218A4A4A47C" + // `abcdefg
        "7F0804047800447D40004080847D007F1028440000417F40007C041804787C080404783844444438" + // hijklmno
        "FC2424241818242424FC7C080404084854545420043F4440203C4040207C1C2040201C3C4030403C" + // pqrstuvw
        "44281028441CA0A0A07C4464544C44000836410000007F000000413608000804081008"); // xyz{|}~

    /// <summary>The glyph's columns from left to right, the lowest bit being the top row. A character without a glyph has that of a question mark.</summary>
    public static ReadOnlySpan<byte> Glyph(char character) =>
        Columns.AsSpan(GlyphColumns * ((character is < First or > Last ? Unknown : character) - First), GlyphColumns);
}
