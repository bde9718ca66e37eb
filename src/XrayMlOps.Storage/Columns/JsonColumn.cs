using System.Text.Json;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using XrayMlOps.Core;

namespace XrayMlOps.Storage.Columns;

/// <summary>Stores a value that is only ever read whole as compact JSON text.</summary>
internal sealed class JsonColumn<T>() : ValueConverter<T, string>(
    value => JsonSerializer.Serialize(value, XrayJson.Compact), json => JsonSerializer.Deserialize<T>(json, XrayJson.Compact)!)
    where T : class;

/// <summary>Values are immutable, so a snapshot is the value itself; equal JSON is an equal value.</summary>
internal sealed class JsonColumnComparer<T>() : ValueComparer<T>(
    (left, right) => ReferenceEquals(left, right) || JsonSerializer.Serialize(left, XrayJson.Compact) == JsonSerializer.Serialize(right, XrayJson.Compact),
    value => JsonSerializer.Serialize(value, XrayJson.Compact).GetHashCode(StringComparison.Ordinal),
    value => value)
    where T : class;
