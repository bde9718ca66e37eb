namespace XrayMlOps.Core.Access;

/// <summary>What a caller is to the platform. What each may do is said by the policies of the hosts.</summary>
public enum Role
{
    /// <summary>Sees everything in the registry, and changes nothing.</summary>
    Viewer,

    /// <summary>A viewer who says what films really show.</summary>
    Reviewer,

    /// <summary>A downstream application: asks about films and sends feedback, and sees nothing else.</summary>
    Caller,

    /// <summary>Pushes, trains, registers, promotes and schedules.</summary>
    Engineer,

    /// <summary>Everything, deletion and keys included.</summary>
    Admin,

    /// <summary>Another host of the platform: what the inference API needs of the control plane.</summary>
    Service,
}
