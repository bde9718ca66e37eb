using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Microsoft.Win32.SafeHandles;
using XrayMlOps.Core;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Predictions;

namespace XrayMlOps.InferenceApi.Predictions;

/// <summary>
/// Keeps predictions in <see cref="InferenceOptions.Folder"/> until the registry has them, so that a host that is killed loses none: a line of JSON each, in
/// files <c>predictions-….log</c> that are removed once all in them is done with. What was written outlives the process, not a loss of power. A folder that
/// cannot be written to costs that safety, never an answer.
/// </summary>
/// <remarks>Called by one thread at a time, but for <see cref="Done"/>. Predictions are done with in the order in which they were written.</remarks>
internal sealed partial class PredictionJournal(IOptions<InferenceOptions> options, ILogger<PredictionJournal> logger) : IDisposable
{
    private const int FileBytes = 4 << 20;
    private const string Prefix = "predictions-", Suffix = ".log";

    private readonly string _folder = Path.GetFullPath(options.Value.Folder);
    private readonly Lock _gate = new();
    private readonly ArrayBufferWriter<byte> _line = new(2048);
    private readonly Utf8JsonWriter _json = new(Stream.Null);
    private readonly Queue<JournalFile> _files = []; // the last is written to, if any
    private JournalFile? _current;
    private long _written;
    private long _done;
    private bool _failed;

    /// <summary>What hosts that ended left behind, oldest first; it counts as written now. A file that another host writes to is left to it.</summary>
    public IReadOnlyList<PredictionRecord> Recover()
    {
        List<PredictionRecord> records = [];
        try
        {
            if (!Directory.Exists(_folder)) return records;
            foreach (var path in Directory.EnumerateFiles(_folder, $"{Prefix}*{Suffix}").Order(StringComparer.Ordinal))
            {
                if (TryOpen(path) is not { } file) continue;
                foreach (var line in Lines(file)) Read(line, path, records);
                file.Last = _written = records.Count;
                lock (_gate) _files.Enqueue(file);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            LogUnusable(failure, _folder);
        }
        if (records.Count > 0) LogRecovered(records.Count);
        Done(0); // removes files that held none
        return records;
    }

    public void Append(PredictionRecord record)
    {
        lock (_gate)
        {
            _written++;
            try
            {
                _line.ResetWrittenCount();
                Write(record);
                _line.Write("\n"u8);
                if (_current is null) _files.Enqueue(_current = Create());
                RandomAccess.Write(_current.Handle, _line.WrittenSpan, _current.Length);
                _current.Length += _line.WrittenCount;
                _current.Last = _written;
                if (_current.Length >= FileBytes) _current = null;
                _failed = false;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                if (!_failed) LogUnusable(failure, _folder);
                _failed = true;
            }
        }
    }

    /// <summary>So many more, the oldest, are delivered or given up.</summary>
    public void Done(int predictions)
    {
        lock (_gate)
        {
            _done += predictions;
            while (_files.TryPeek(out var oldest) && oldest.Last <= _done)
            {
                _files.Dequeue();
                if (oldest == _current) _current = null;
                Remove(oldest);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var file in _files) file.Handle.Dispose(); // what is in them is for the next host
            _files.Clear();
            _json.Dispose();
        }
    }

    /// <summary>In the dialect of <see cref="XrayJson"/>, member by member: the serializer allocates for each record, on the way of every request.</summary>
    private void Write(PredictionRecord record)
    {
        _json.Reset(_line);
        _json.WriteStartObject();
        _json.WriteString("id"u8, record.Id);
        _json.WriteString("at"u8, record.At);
        _json.WriteString("model"u8, record.Model);
        _json.WriteNumber("version"u8, record.Version);
        _json.WriteString("modelDigest"u8, record.ModelDigest);
        _json.WriteString("preprocessingHash"u8, record.PreprocessingHash);
        _json.WriteString("inputDigest"u8, record.InputDigest);
        _json.WriteNumber("width"u8, record.Width);
        _json.WriteNumber("height"u8, record.Height);
        _json.WriteString("label"u8, record.Label.Name());
        _json.WriteStartArray("probabilities"u8);
        for (var label = 0; label < record.Probabilities.Count; label++) _json.WriteNumberValue(record.Probabilities[label]);
        _json.WriteEndArray();
        _json.WriteNumber("latencyMs"u8, record.LatencyMs);
        if (record.TraceId is { } trace) _json.WriteString("traceId"u8, trace);
        _json.WriteEndObject();
        _json.Flush();
    }

    private JournalFile Create()
    {
        Directory.CreateDirectory(_folder);
        // Version 7: their names sort by age.
        var path = Path.Combine(_folder, $"{Prefix}{Guid.CreateVersion7():N}{Suffix}");
        return new JournalFile(path, File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None));
    }

    /// <summary>Null if a host has it open.</summary>
    private static JournalFile? TryOpen(string path)
    {
        try
        {
            return new JournalFile(path, File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string[] Lines(JournalFile file)
    {
        var text = new byte[RandomAccess.GetLength(file.Handle)];
        return Encoding.UTF8.GetString(text, 0, RandomAccess.Read(file.Handle, text, 0)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private void Read(string line, string path, List<PredictionRecord> records)
    {
        try
        {
            records.Add(JsonSerializer.Deserialize<PredictionRecord>(line, XrayJson.Compact)!);
        }
        catch (JsonException)
        {
            LogDamaged(path, line.Length); // the last line of a host that was killed while it wrote
        }
    }

    private void Remove(JournalFile file)
    {
        file.Handle.Dispose();
        try
        {
            File.Delete(file.Path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            LogUnusable(failure, file.Path);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Predictions cannot be kept in {Path}: those that the registry does not have yet are lost if this process is killed")]
    private partial void LogUnusable(Exception failure, string path);

    [LoggerMessage(2, LogLevel.Information, "{Count} predictions that an earlier process could not deliver are sent now")]
    private partial void LogRecovered(int count);

    [LoggerMessage(3, LogLevel.Warning, "A line of {Path}, {Length} characters long, is no prediction and is left out")]
    private partial void LogDamaged(string path, int length);

    private sealed class JournalFile(string path, SafeFileHandle handle)
    {
        public string Path { get; } = path;

        public SafeFileHandle Handle { get; } = handle;

        public long Length { get; set; }

        /// <summary>The number of the last prediction in it, counted over all files.</summary>
        public long Last { get; set; }
    }
}
