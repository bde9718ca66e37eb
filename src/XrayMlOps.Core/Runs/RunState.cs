namespace XrayMlOps.Core.Runs;

/// <summary>
/// The life of a run: Queued to Running, back to Queued when its worker is lost or its trainer dies (to go on from the last
/// checkpoint), and from either of them to one of three ends.
/// </summary>
public enum RunState
{
    Queued,
    Running,
    Succeeded,
    Failed,
    Cancelled,
}

public static class RunStates
{
    public static bool IsEnd(this RunState state) => state is RunState.Succeeded or RunState.Failed or RunState.Cancelled;

    /// <summary>Whether a run may go from one state to another.</summary>
    public static bool CanBecome(this RunState from, RunState to) => (from, to) switch
    {
        (RunState.Queued, RunState.Running or RunState.Cancelled or RunState.Failed) => true,
        (RunState.Running, RunState.Queued or RunState.Succeeded or RunState.Failed or RunState.Cancelled) => true,
        _ => false,
    };
}
