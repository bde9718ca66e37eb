using System.ComponentModel.DataAnnotations;
using XrayMlOps.Core.Models;

namespace XrayMlOps.InferenceApi;

/// <summary>Configuration section <c>Inference</c>.</summary>
public sealed class InferenceOptions
{
    public const string Section = "Inference";

    /// <summary>The registered model whose champion is served.</summary>
    [Required]
    public string Model { get; set; } = ModelReference.DefaultName;

    /// <summary>Where model files are kept, so that a restart needs no registry. Relative paths count from the working directory.</summary>
    [Required]
    public string Folder { get; set; } = Path.Combine("data", "models");

    /// <summary>Seconds between two looks at the champion alias, 0.05 to 3,600.</summary>
    [Range(0.05, 3600)]
    public double PollSeconds { get; set; } = 1;

    /// <summary>Bytes of one request's body, 1 to 512 MiB; a longer one is answered with 413.</summary>
    [Range(1, 1L << 29)]
    public long MaxBytes { get; set; } = 64 << 20;

    /// <summary>Films of one multipart request, 1 to 1,000; more are answered with 400.</summary>
    [Range(1, 1_000)]
    public int MaxParts { get; set; } = 32;

    /// <summary>Films decoded and scored at once, 1 to 1,024; 0: as many as there are processors, since each takes one thread.</summary>
    [Range(0, 1_024)]
    public int Concurrency { get; set; }

    /// <summary>Films that may wait for their turn, 0 to 100,000; above that the answer is 503.</summary>
    [Range(0, 100_000)]
    public int QueueLimit { get; set; } = 128;

    /// <summary>Predictions kept for a control plane that does not answer, 1 to 1,000,000 (about 1 KB each); above that the oldest are dropped.</summary>
    [Range(1, 1_000_000)]
    public int LogCapacity { get; set; } = 20_000;

    /// <summary>Predictions sent to the control plane at once, 1 to 10,000.</summary>
    [Range(1, 10_000)]
    public int LogBatch { get; set; } = 500;

    /// <summary>Seconds for which predictions are gathered before they are sent, 0 to 60.</summary>
    [Range(0, 60)]
    public double LogSeconds { get; set; } = 0.25;
}

/// <summary>Configuration section <c>ControlPlane</c>.</summary>
public sealed class ControlPlaneOptions
{
    public const string Section = "ControlPlane";

    /// <summary>Base address of the control plane, such as <c>http://registry:8080</c>; none: it runs in this process.</summary>
    public Uri? Url { get; set; }
}
