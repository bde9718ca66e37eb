using System.Globalization;
using XrayMlOps.Cli.CommandLine;

namespace XrayMlOps.Cli.Schedules;

/// <summary>A moment as it is typed.</summary>
internal static class ScheduleMoment
{
    public const string Form = "ISO 8601, like 2026-12-24 or 2026-12-24T18:00, in the schedule's time zone unless it ends in Z or an offset like +01:00";

    private static readonly string[] s_formats = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss"];
    private static readonly string[] s_formatsWithOffset = [.. s_formats.Skip(1).Select(format => format + "K")];

    /// <param name="timeZone">An IANA name: the zone of a moment that names none.</param>
    /// <exception cref="CommandFailure">It is no moment, or none of that zone.</exception>
    public static DateTimeOffset? Parse(string? text, string option, string timeZone)
    {
        if (text is null) return null;
        if (!DateTime.TryParseExact(text, s_formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
        {
            return DateTimeOffset.TryParseExact(text, s_formatsWithOffset, CultureInfo.InvariantCulture, DateTimeStyles.None, out var moment)
                ? moment
                : throw new CommandFailure(ExitCode.BadInput, $"{option} '{text}' is no time: give it as {Form}.");
        }
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out var zone))
            throw new CommandFailure(ExitCode.BadInput, $"{option} '{text}': this machine does not know the time zone '{timeZone}'. End it in Z or an offset.");
        return zone.IsInvalidTime(local)
            ? throw new CommandFailure(ExitCode.BadInput, $"{option} '{text}': the clock of {timeZone} skips that time.")
            : new DateTimeOffset(local, zone.GetUtcOffset(local));
    }
}
