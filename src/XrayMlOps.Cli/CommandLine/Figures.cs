namespace XrayMlOps.Cli.CommandLine;

/// <summary>How figures are written for people: the same in every table.</summary>
internal static class Figures
{
    public const string None = "-";

    public static string Count(long count) => count.ToString("N0");

    /// <summary><c>1 film</c>, <c>1,200 films</c>.</summary>
    public static string Count(long count, string noun) => $"{Count(count)} {noun}{(count == 1 ? "" : "s")}";

    public static string Percent(double? share) => share is { } value ? $"{100 * value:0.0} %" : None;

    public static string Loss(double? nats) => nats is { } value ? value.ToString("0.000") : None;

    public static string Size(long bytes) => bytes switch
    {
        < 1_000 => $"{bytes} B",
        < 1_000_000 => $"{bytes / 1e3:0.0} kB",
        < 1_000_000_000 => $"{bytes / 1e6:0.0} MB",
        _ => $"{bytes / 1e9:0.0} GB",
    };

    public static string Time(DateTimeOffset? at) => at is { } value ? value.ToLocalTime().ToString("yyyy-MM-dd HH:mm") : None;

    public static string Duration(TimeSpan duration) => duration switch
    {
        { TotalSeconds: < 10 } => $"{duration.TotalSeconds:0.0} s",
        { TotalSeconds: < 60 } => $"{duration.TotalSeconds:0} s",
        { TotalHours: < 1 } => $"{duration.Minutes} min {duration.Seconds:00} s",
        _ => $"{(int)duration.TotalHours} h {duration.Minutes:00} min",
    };

    /// <summary>The first digits of a digest: enough to tell two apart by eye.</summary>
    public static string Short(string digest) => digest.Length > 12 ? digest[..12] : digest;
}
