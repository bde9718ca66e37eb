using XrayMlOps.Imaging.Decoding;

namespace XrayMlOps.Cli.Datasets.Sources;

/// <summary>How much an archive may unpack to: a small one can ask for any amount of disk.</summary>
internal sealed record ArchiveLimits
{
    /// <summary>Files, links and folders; 10 million are read in minutes.</summary>
    public int Entries { get; init; } = 1_000_000;

    /// <summary>Of all films together; 1 GB and more.</summary>
    public long TotalBytes { get; init; } = 100_000_000_000;

    /// <summary>Of one film: no decoder takes more.</summary>
    public long EntryBytes { get; init; } = ImagingLimits.Default.MaxBytes;

    /// <summary>Unpacked over packed bytes. Films hardly shrink; what shrinks more than this is there to fill the disk.</summary>
    public int Ratio { get; init; } = 200;

    /// <summary>Below this an absurd ratio does no harm, and a blank film may have one.</summary>
    public long RatioFrom { get; init; } = 8_000_000;

    public bool IsAbsurd(long unpacked, long packed) => unpacked > RatioFrom && unpacked / Ratio > packed;
}
