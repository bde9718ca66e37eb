using System.ComponentModel.DataAnnotations;

namespace XrayMlOps.ControlPlane;

/// <summary>Section <c>ControlPlane</c>.</summary>
public sealed class ControlPlaneOptions
{
    public const string Section = "ControlPlane";

    /// <summary>Takes decoded films while a push is packed, 64 KiB a film, and is empty otherwise.</summary>
    [Required]
    public string ScratchFolder { get; set; } = Path.Combine(Path.GetTempPath(), "xraymlops-push");
}
