namespace XrayMlOps.Cli.Registry;

/// <summary>Which runs, in which order; all of them, the newest first, where nothing is said.</summary>
internal sealed record RunListing(string? Filter = null, string? Experiment = null, string? Sort = null)
{
    /// <summary>As <c>&amp;name=value</c> each.</summary>
    public string Conditions => Query("filter", Filter) + Query("experiment", Experiment);

    public string Order => Query("sort", Sort);

    private static string Query(string name, string? value) => value is null ? "" : $"&{name}={Uri.EscapeDataString(value)}";
}
