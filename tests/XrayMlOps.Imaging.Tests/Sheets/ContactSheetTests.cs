using SkiaSharp;
using XrayMlOps.Imaging.Sheets;
using static XrayMlOps.Imaging.Tests.Films;

namespace XrayMlOps.Imaging.Tests.Sheets;

public sealed class ContactSheetTests
{
    private static readonly SKColor Red = new(0xFFF04438);

    [Fact]
    public void Film_keeps_its_proportions()
    {
        var wide = Encode(SKEncodedImageFormat.Png, SKColorType.Gray8, 400, 100, (_, _) => 200);

        var pixels = SheetCell.Decode(Decoder, wide, []).Pixels.Span;

        var bright = pixels.ToArray().Index().Where(pixel => pixel.Item == 200).Select(pixel => pixel.Index / SheetCell.Side).ToArray();
        Assert.Equal(64 * SheetCell.Side, bright.Length);
        Assert.Equal((96, 159), (bright.Min(), bright.Max()));
    }

    [Fact]
    public void Film_that_cannot_be_read_says_why()
    {
        var cell = SheetCell.Decode(Decoder, "hello"u8, ["a.jpeg"], SheetTint.Amber);

        Assert.Equal(["a.jpeg", Decode("hello"u8.ToArray()).Reason!], cell.Caption);
        Assert.Equal(SheetTint.Amber, cell.Tint);
    }

    [Fact]
    public void Sheet_shows_every_film_in_its_place()
    {
        SheetCell[] cells = [.. Enumerable.Range(1, 7).Select(i => Plain((byte)(30 * i)))];

        using var sheet = SKBitmap.Decode(ContactSheet.Render("Seven", cells, 3));

        var seen = Centres(sheet);
        Assert.Equal([30, 60, 90, 120, 150, 180, 210], seen.Select(film => (int)film.Gray));
        Assert.Equal([3, 3, 1], seen.GroupBy(film => film.Y).Select(row => row.Count()));
    }

    [Fact]
    public void Group_stays_in_one_row()
    {
        SheetCell[][] groups = [[Plain(50), Plain(60)], [Plain(150), Plain(160)], [Plain(200)]];

        using var sheet = SKBitmap.Decode(ContactSheet.Render("Pairs", groups, 3));

        Assert.Equal([[50, 60], [150, 160, 200]], Centres(sheet).GroupBy(film => film.Y).Select(row => row.Select(film => (int)film.Gray).ToArray()));
    }

    [Fact]
    public void Frame_and_caption_are_drawn()
    {
        using var bare = SKBitmap.Decode(ContactSheet.Render("", [Plain(100)], 1));
        using var framed = SKBitmap.Decode(ContactSheet.Render("", [Plain(100) with { Tint = SheetTint.Red }], 1));
        using var captioned = SKBitmap.Decode(ContactSheet.Render("", [Plain(100) with { Caption = ["one", "two"] }], 1));

        Assert.DoesNotContain(Red, bare.Pixels);
        Assert.Contains(Red, framed.Pixels);
        Assert.True(captioned.Height > bare.Height);
        var title = ContactSheet.Render("Title", [Plain(100)], 1);
        Assert.NotEqual(title, ContactSheet.Render("title", [Plain(100)], 1));
    }

    [Fact]
    public void Empty_sheet_has_a_title()
    {
        using var sheet = SKBitmap.Decode(ContactSheet.Render("Nothing flagged", Array.Empty<SheetCell>(), 6));

        Assert.True(sheet.Width > 6 * SheetCell.Side);
    }

    [Fact]
    public void Too_many_films_are_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ContactSheet.Render("", [.. Enumerable.Repeat(Plain(1), ContactSheet.MaxCells + 1)], 8));

    private static SheetCell Plain(byte gray)
    {
        var pixels = new byte[SheetCell.Side * SheetCell.Side];
        Array.Fill(pixels, gray);
        return new SheetCell(pixels, []);
    }

    /// <summary>Grey levels of the plain films, with the height at which each begins, row by row.</summary>
    private static List<(byte Gray, int Y)> Centres(SKBitmap sheet)
    {
        List<(byte, int)> films = [];
        for (var y = 1; y < sheet.Height; y++)
        {
            for (var x = 1; x < sheet.Width; x++)
            {
                var pixel = sheet.GetPixel(x, y);
                if (IsPlain(pixel) && sheet.GetPixel(x - 1, y) != pixel && sheet.GetPixel(x, y - 1) != pixel && sheet.GetPixel(x + 100, y + 100) == pixel)
                    films.Add((pixel.Red, y));
            }
        }
        return films;
    }

    private static bool IsPlain(SKColor pixel) => pixel.Red == pixel.Green && pixel.Red == pixel.Blue && pixel.Red % 10 == 0 && pixel.Red > 0;
}
