using System.Buffers;
using System.Data;
using System.Data.Common;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace XrayMlOps.Storage.Backups;

/// <summary>
/// The rows of a table as JSON Lines that are the same whatever database they are in: the <see cref="RegistryTable"/>, then an array a row, its values in the order of the
/// columns. Bytes are base64; a real number that JSON has no words for is text.
/// </summary>
internal static class TableRows
{
    private const int PieceBytes = 1 << 16;

    /// <summary>Writes all rows that the context's transaction sees, in the order of their keys; answers their number.</summary>
    public static async Task<long> WriteAsync(RegistryDbContext registry, RegistryTable table, Stream lines, CancellationToken cancellationToken)
    {
        var sql = registry.GetService<ISqlGenerationHelper>();
        await using var select = Command(registry);
        select.CommandText = $"SELECT {Names(sql, table)} FROM {sql.DelimitIdentifier(table.Name)} ORDER BY {string.Join(", ", table.Key.Select(sql.DelimitIdentifier))}";
        ArrayBufferWriter<byte> piece = new(2 * PieceBytes);
        await using Utf8JsonWriter json = new(piece, new JsonWriterOptions { Encoder = BackupFormat.Lines.Encoder });
        JsonSerializer.Serialize(json, table, BackupFormat.Lines);
        EndLine(json, piece);
        var rows = 0L;
        await using (var reader = await select.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancellationToken))
        {
            for (; await reader.ReadAsync(cancellationToken); rows++)
            {
                json.WriteStartArray();
                for (var i = 0; i < table.Columns.Count; i++) WriteValue(json, reader, i, table.Columns[i].Kind);
                json.WriteEndArray();
                EndLine(json, piece);
                if (piece.WrittenCount >= PieceBytes) await FlushAsync();
            }
        }
        await FlushAsync();
        return rows;

        async Task FlushAsync()
        {
            await lines.WriteAsync(piece.WrittenMemory, cancellationToken);
            piece.ResetWrittenCount();
        }
    }

    /// <summary>Reads what was written, the table first, then row by row. Throws <see cref="JsonException"/> at what is none.</summary>
    public static async IAsyncEnumerable<(RegistryTable Table, object?[]? Row)> ReadAsync(
        Stream lines, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RegistryTable? table = null;
        await foreach (var line in JsonSerializer.DeserializeAsyncEnumerable<JsonElement>(lines, topLevelValues: true, BackupFormat.Lines, cancellationToken))
        {
            if (table is null) yield return (table = HeadOf(line), null);
            else yield return (table, RowOf(table, line));
        }
        if (table is null) throw new JsonException("it does not say which table it is of");
    }

    /// <summary>A command that inserts a row a time; its parameters are the columns.</summary>
    public static DbCommand InsertInto(RegistryDbContext registry, RegistryTable table)
    {
        var sql = registry.GetService<ISqlGenerationHelper>();
        var insert = Command(registry);
        foreach (var column in table.Columns)
        {
            var parameter = insert.CreateParameter();
            (parameter.ParameterName, parameter.DbType) = ($"p{insert.Parameters.Count}", column.Kind switch
            {
                ColumnKind.Integer => DbType.Int64,
                ColumnKind.Real => DbType.Double,
                ColumnKind.Boolean => DbType.Boolean,
                ColumnKind.Bytes => DbType.Binary,
                ColumnKind.Uuid => DbType.Guid,
                _ => DbType.String,
            });
            insert.Parameters.Add(parameter);
        }
        insert.CommandText =
            $"INSERT INTO {sql.DelimitIdentifier(table.Name)} ({Names(sql, table)}) "
            + $"VALUES ({string.Join(", ", insert.Parameters.Cast<DbParameter>().Select(parameter => $"@{parameter.ParameterName}"))})";
        return insert;
    }

    private static DbCommand Command(RegistryDbContext registry)
    {
        var command = registry.Database.GetDbConnection().CreateCommand();
        (command.Transaction, command.CommandTimeout) = (registry.Database.CurrentTransaction!.GetDbTransaction(), 0);
        return command;
    }

    private static string Names(ISqlGenerationHelper sql, RegistryTable table) => string.Join(", ", table.Columns.Select(column => sql.DelimitIdentifier(column.Name)));

    private static void EndLine(Utf8JsonWriter json, ArrayBufferWriter<byte> piece)
    {
        json.Flush();
        json.Reset();
        piece.Write("\n"u8);
    }

    private static void WriteValue(Utf8JsonWriter json, DbDataReader reader, int column, ColumnKind kind)
    {
        if (reader.IsDBNull(column))
        {
            json.WriteNullValue();
            return;
        }
        switch (kind)
        {
            case ColumnKind.Integer: json.WriteNumberValue(reader.GetInt64(column)); break;
            case ColumnKind.Real: WriteReal(json, reader.GetDouble(column)); break;
            case ColumnKind.Boolean: json.WriteBooleanValue(reader.GetBoolean(column)); break;
            case ColumnKind.Bytes: json.WriteBase64StringValue(reader.GetFieldValue<byte[]>(column)); break;
            case ColumnKind.Uuid: json.WriteStringValue(reader.GetGuid(column)); break;
            default: json.WriteStringValue(reader.GetString(column)); break;
        }
    }

    private static void WriteReal(Utf8JsonWriter json, double number)
    {
        if (double.IsFinite(number)) json.WriteNumberValue(number);
        else json.WriteStringValue(number.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    private static RegistryTable HeadOf(JsonElement line) =>
        line.Deserialize<RegistryTable>(BackupFormat.Lines) is { Name.Length: > 0, Columns.Count: > 0 } table ? table : throw new JsonException("its first line describes no table");

    private static object?[] RowOf(RegistryTable table, JsonElement line)
    {
        if (line.ValueKind != JsonValueKind.Array || line.GetArrayLength() != table.Columns.Count) throw new JsonException($"a row does not have {table.Columns.Count} values");
        try
        {
            return [.. table.Columns.Zip(line.EnumerateArray(), ValueOf)];
        }
        catch (Exception problem) when (problem is InvalidOperationException or FormatException)
        {
            throw new JsonException("a row has a value that does not fit its column", problem);
        }
    }

    private static object? ValueOf(RegistryColumn column, JsonElement value) => (value.ValueKind, column.Kind) switch
    {
        (JsonValueKind.Null, _) => null,
        (_, ColumnKind.Integer) => value.GetInt64(),
        (JsonValueKind.String, ColumnKind.Real) => double.Parse(value.GetString()!, System.Globalization.CultureInfo.InvariantCulture),
        (_, ColumnKind.Real) => value.GetDouble(),
        (_, ColumnKind.Boolean) => value.GetBoolean(),
        (_, ColumnKind.Bytes) => value.GetBytesFromBase64(),
        (_, ColumnKind.Uuid) => value.GetGuid(),
        _ => value.GetString(),
    };
}
