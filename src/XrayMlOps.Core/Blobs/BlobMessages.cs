namespace XrayMlOps.Core.Blobs;

/// <param name="DryRun">Only say what would be freed.</param>
public sealed record CollectRequest(bool DryRun = false);

/// <summary>What a collection freed, or would free.</summary>
/// <param name="Blobs">Blobs that nothing names and no push has pinned.</param>
/// <param name="Bytes">Their sizes.</param>
/// <param name="KeptBlobs">Blobs that something names.</param>
/// <param name="KeptBytes">Their sizes.</param>
/// <param name="PinnedBlobs">Blobs that nothing names yet, kept for a push that may still be under way.</param>
public sealed record CollectResponse(int Blobs, long Bytes, int KeptBlobs, long KeptBytes, int PinnedBlobs, bool DryRun);
