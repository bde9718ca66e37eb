using Spectre.Console;
using Spectre.Console.Rendering;

namespace XrayMlOps.Cli.CommandLine;

/// <summary>The two shapes in which everything is shown: a list of facts, and rows of figures under headings.</summary>
internal static class Tables
{
    private const int FullWidth = 160;

    /// <summary>A table whose columns are aligned right where their heading begins with <c>#</c> (which is not shown).</summary>
    public static Table Of(params string[] headings)
    {
        var table = new Table { Border = TableBorder.Simple, UseSafeBorder = true };
        foreach (var heading in headings)
        {
            var figures = heading.StartsWith('#');
            var column = new TableColumn(new Text(figures ? heading[1..] : heading, new Style(Color.Grey)));
            if (figures) column.Alignment = Justify.Right;
            column.Padding = new Padding(1, 0, 0, 0);
            table.AddColumn(column.NoWrap());
        }
        return table;
    }

    /// <summary>Writes at full width: a narrow terminal breaks the lines itself, where Spectre would drop columns.</summary>
    public static void WriteWhole(this IAnsiConsole console, IRenderable renderable)
    {
        var width = console.Profile.Width;
        console.Profile.Width = Math.Max(width, FullWidth);
        console.Write(renderable);
        console.Profile.Width = width;
    }

    /// <summary>Adds a row of plain text: nothing in it is read as markup.</summary>
    public static Table Row(this Table table, params string[] cells) => table.AddRow(cells.Select(cell => new Text(cell)));

    public static void WriteFacts(this IAnsiConsole console, params (string Name, string? Value)[] facts)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().Padding(2, 0, 3, 0)).AddColumn();
        foreach (var (name, value) in facts)
        {
            if (value is not null) grid.AddRow(new Text(name, new Style(Color.Grey)), new Text(value));
        }
        console.WriteWhole(grid);
    }

    public static void WriteLines(this IAnsiConsole console, IEnumerable<string> lines)
    {
        foreach (var line in lines) console.WriteLine(line);
    }
}
