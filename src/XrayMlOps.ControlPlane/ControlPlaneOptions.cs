using System.ComponentModel.DataAnnotations;

namespace XrayMlOps.ControlPlane;

/// <summary>Section <c>ControlPlane</c>.</summary>
public sealed class ControlPlaneOptions
{
    public const string Section = "ControlPlane";

    /// <summary>Takes uploads while they are checked, decoded films until they are packed, and what a push makes until it is stored; nothing in it lasts.</summary>
    [Required]
    public string ScratchFolder { get; set; } = Path.Combine(Path.GetTempPath(), "xraymlops-push");

    /// <summary>Decoded films kept in the scratch folder for packing, 64 KiB each; 1 to 1,048,576. What is not kept is decoded again.</summary>
    [Range(1, 1 << 20)]
    public int CachedFilms { get; set; } = 1 << 15;

    /// <summary>
    /// Secret of at least 16 bytes that patient numbers are turned into keys with: base64, or else its text as UTF-8. It must never change: the same
    /// patient would get another key. Without one, no DICOM file can be pushed.
    /// </summary>
    public string? PseudonymSecret { get; set; }
}
