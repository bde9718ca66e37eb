using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using XrayMlOps.Storage.Blobs;

namespace XrayMlOps.Storage.Backups;

/// <summary>What a column holds, whatever the database calls it.</summary>
internal enum ColumnKind
{
    Text,
    Integer,
    Real,
    Boolean,
    Bytes,
    Uuid,
}

/// <summary>A column of the registry.</summary>
internal sealed record RegistryColumn(string Name, ColumnKind Kind);

/// <summary>A table of the registry: the first line of its file in a backup.</summary>
/// <param name="Key">Names of the columns whose values order its rows.</param>
/// <param name="Identity">The column whose values the database counts up, or null.</param>
/// <param name="LastIdentity">The last value that it gave, which it never gives again.</param>
internal sealed record RegistryTable(string Name, IReadOnlyList<RegistryColumn> Columns, IReadOnlyList<string> Key, string? Identity, long? LastIdentity = null)
{
    /// <summary>
    /// Every table that the model knows but the pins of blobs, which are of the moment; each after those that its rows refer to. Rows refer to rows of the same table only
    /// if those have lower keys.
    /// </summary>
    public static IReadOnlyList<RegistryTable> Of(RegistryDbContext registry)
    {
        var pins = registry.Model.FindEntityType(typeof(BlobPin))!.GetTableName();
        List<ITable> left = [.. registry.Model.GetRelationalModel().Tables.Where(table => table.Name != pins).OrderBy(table => table.Name, StringComparer.Ordinal)];
        List<RegistryTable> ordered = [];
        while (left.Count > 0)
        {
            var next = left.Find(table => !table.ForeignKeyConstraints.Any(key => key.PrincipalTable != table && left.Contains(key.PrincipalTable)))
                ?? throw new NotSupportedException($"The tables {string.Join(", ", left.Select(table => table.Name))} refer to each other in a circle, so none can be restored first.");
            left.Remove(next);
            ordered.Add(Of(next));
        }
        return ordered;
    }

    private static RegistryTable Of(ITable table)
    {
        var key = table.PrimaryKey!.Columns;
        var counted = key is [var only] && only.PropertyMappings.Any(mapping => mapping.Property.ValueGenerated == ValueGenerated.OnAdd) && KindOf(only) == ColumnKind.Integer;
        return new RegistryTable(
            table.Name, [.. table.Columns.Select(column => new RegistryColumn(column.Name, KindOf(column)))], [.. key.Select(column => column.Name)], counted ? key[0].Name : null);
    }

    private static ColumnKind KindOf(IColumn column)
    {
        var mapping = column.StoreTypeMapping;
        var type = mapping.Converter?.ProviderClrType ?? mapping.ClrType;
        return (Nullable.GetUnderlyingType(type) ?? type) switch
        {
            var text when text == typeof(string) => ColumnKind.Text,
            var integer when integer == typeof(long) || integer == typeof(int) || integer == typeof(short) || integer == typeof(byte) => ColumnKind.Integer,
            var real when real == typeof(double) => ColumnKind.Real,
            var boolean when boolean == typeof(bool) => ColumnKind.Boolean,
            var bytes when bytes == typeof(byte[]) => ColumnKind.Bytes,
            var uuid when uuid == typeof(Guid) => ColumnKind.Uuid,
            var other => throw new NotSupportedException(
                $"The column {column.Table.Name}.{column.Name} holds {other.Name}, which is in no backup: give it a conversion to text or a number."),
        };
    }
}
