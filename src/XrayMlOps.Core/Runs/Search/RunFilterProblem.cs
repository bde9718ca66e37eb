namespace XrayMlOps.Core.Runs.Search;

/// <summary>Ends the reading of a filter, within <see cref="RunFilterParser"/> only.</summary>
/// <param name="position">From 1.</param>
internal sealed class RunFilterProblem(int position, string message) : Exception(message)
{
    public int Position { get; } = position;
}
