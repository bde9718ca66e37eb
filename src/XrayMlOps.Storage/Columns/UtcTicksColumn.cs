using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace XrayMlOps.Storage.Columns;

/// <summary>Stores a moment as UTC ticks, since SQLite can neither order nor compare a <see cref="DateTimeOffset"/>.</summary>
internal sealed class UtcTicksColumn() : ValueConverter<DateTimeOffset, long>(moment => moment.UtcTicks, ticks => new DateTimeOffset(ticks, TimeSpan.Zero));
