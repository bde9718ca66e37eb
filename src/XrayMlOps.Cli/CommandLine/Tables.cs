using Spectre.Console;

namespace XrayMlOps.Cli.CommandLine;

/// <summary>The two shapes in which everything is shown: a list of facts, and rows of figures under headings.</summary>
internal static class Tables
{
    /// <summary>A table whose columns after the first are aligned right where their heading begins with <c>#</c> (which is not shown).</summary>
    public static Table Of(string? title, params string[] headings)
    {
        var table = new Table { Border = TableBorder.Simple, UseSafeBorder = true };
        if (title is not null) table.Title = new TableTitle(Markup.Escape(title), new Style(decoration: Decoration.Bold));
        foreach (var heading in headings)
        {
            var figures = heading.StartsWith('#');
            var column = new TableColumn(new Text(figures ? heading[1..] : heading, new Style(Color.Grey)));
            if (figures) column.Alignment = Justify.Right;
            table.AddColumn(column.NoWrap());
        }
        return table;
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
        console.Write(grid);
    }

    public static void WriteLines(this IAnsiConsole console, IEnumerable<string> lines)
    {
        foreach (var line in lines) console.WriteLine(line);
    }
}
