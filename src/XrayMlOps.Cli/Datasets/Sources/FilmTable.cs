using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Datasets.Rules;

namespace XrayMlOps.Cli.Datasets.Sources;

/// <summary>Names of columns; null takes the default, if the table has it.</summary>
internal sealed record TableColumns(string? Path = null, string? Label = null, string? Patient = null);

/// <summary>A table of films that lie beside it: their paths and, if it has the columns, their classes and patients.</summary>
internal static class FilmTable
{
    /// <exception cref="CommandFailure">It lacks a column.</exception>
    public static FilmSource Read(string table, TableColumns columns, CancellationToken cancellationToken)
    {
        var root = Path.GetDirectoryName(Path.GetFullPath(table))!;
        using var csv = new TableFile(table);
        var path = csv.Column(columns.Path, "path", "file") ?? throw csv.NoColumn("path");
        var (label, patient) = (csv.Column(columns.Label, "label"), csv.Column(columns.Patient, "patient"));

        Dictionary<string, (SourceFile Film, int Line)> films = new(StringComparer.Ordinal);
        List<RejectedFilm> rejected = [];
        foreach (var row in csv.Rows(bad => Reject("", $"line {bad.Line}: {bad.Reason}")))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var name = row.Cell(path)!;
            if (!FilmName.TryMakeRelative(name, out var file, out var problem)) Reject(name, $"line {row.Line}: {problem}");
            else if (!File.Exists(Path.Combine(root, file))) Reject(file, $"line {row.Line}: there is no such file in {root}");
            else if (films.TryGetValue(file, out var first)) Reject(file, $"line {row.Line}: line {first.Line} names it already");
            else films.Add(file, (new SourceFile(Path.Combine(root, file), new FilmOrigin(file, Label: row.Cell(label), Patient: row.Cell(patient))), row.Line));
        }
        var sorted = films.Values.Select(film => film.Film).OrderBy(film => film.Origin.File, StringComparer.Ordinal);
        return new FilmSource([.. sorted], rejected, Ignored: 0, ColumnRule.Key);

        void Reject(string name, string reason) => rejected.Add(new RejectedFilm(name.Length == 0 ? Path.GetFileName(table) : name, reason));
    }
}
