using CsvHelper;
using XrayMlOps.Cli.CommandLine;

namespace XrayMlOps.Cli.Datasets.Sources;

/// <summary>A CSV file with a heading line; commas, semicolons, tabs and bars are told apart by themselves. A cell is one line.</summary>
internal sealed class TableFile : IDisposable
{
    private readonly string _file;
    private readonly CsvReader _reader;
    private readonly List<(int Line, string Reason)> _bad = [];

    /// <exception cref="CommandFailure">It is empty.</exception>
    public TableFile(string file)
    {
        _file = file;
        _reader = CsvReader.FromFile(file, new CsvReaderOptions
        {
            // A quote that nobody closes spoils its own line, not the rest of the file.
            AllowLineBreaksInQuotes = false,
            TrimWhitespace = true,
            TrackLineNumbers = true,
            MalformedData = CsvMalformedDataHandling.Skip,
            FieldCountMismatch = CsvFieldCountHandling.Skip,
            OnMalformedRecord = record => _bad.Add(((int)record.LineNumber, Describe(record.Reason))),
            NormalizeHeaderName = name => name.Trim().ToLowerInvariant(),
        });
        _reader.ReadHeader();
        if (_reader.Headers.Count == 0) throw new CommandFailure(ExitCode.BadInput, $"{file} is empty: it needs a line of headings.");
    }

    /// <summary>The index of the column that is asked for, or else of the first default that there is, or null.</summary>
    /// <exception cref="CommandFailure">The column that is asked for is not there.</exception>
    public int? Column(string? asked, params ReadOnlySpan<string> defaults)
    {
        if (asked is not null) return Find(asked) ?? throw NoColumn(asked);
        foreach (var name in defaults)
        {
            if (Find(name) is { } index) return index;
        }
        return null;
    }

    public CommandFailure NoColumn(string name) => new(ExitCode.BadInput, $"{_file} has no column '{name}'. Its columns: {string.Join(", ", _reader.Headers)}.");

    /// <summary>The lines below the headings; one that cannot be read is reported and passed over.</summary>
    public IEnumerable<TableRow> Rows(Action<(int Line, string Reason)> report)
    {
        for (var more = true; more;)
        {
            more = Read();
            foreach (var bad in _bad) report(bad);
            _bad.Clear();
            if (more) yield return new TableRow((int)_reader.LineNumber, _reader.Current.ToArray());
        }
    }

    public void Dispose() => _reader.Dispose();

    private bool Read()
    {
        try
        {
            return _reader.Read();
        }
        catch (CsvFormatException problem)
        {
            throw new CommandFailure(ExitCode.BadInput, $"{_file} is no table: {problem.Message}");
        }
    }

    private int? Find(string name)
    {
        for (var index = 0; index < _reader.Headers.Count; index++)
        {
            if (_reader.Headers[index].Equals(name.Trim(), StringComparison.OrdinalIgnoreCase)) return index;
        }
        return null;
    }

    private static string Describe(CsvMalformedReason reason) => reason switch
    {
        CsvMalformedReason.FieldCountMismatch => "it has more or fewer cells than there are headings",
        CsvMalformedReason.UnterminatedQuote or CsvMalformedReason.LineBreakInQuotes => "a quote is not closed",
        _ => "a quote is out of place",
    };
}

/// <param name="Line">In the file, from 1 (the headings).</param>
internal sealed record TableRow(int Line, string[] Cells)
{
    /// <summary>Null if there is no such column.</summary>
    public string? Cell(int? column) => column is { } index ? Cells[index] : null;
}
