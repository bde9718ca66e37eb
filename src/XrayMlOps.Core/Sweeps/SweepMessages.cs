namespace XrayMlOps.Core.Sweeps;

public enum SweepState
{
    Running,

    /// <summary>Its unfinished trials were cancelled; it may be resumed.</summary>
    Stopped,
    Completed,
}
