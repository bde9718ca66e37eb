namespace XrayMlOps.Core;

/// <summary>A page of a listing. <paramref name="Next"/> is the <c>after</c> of the next page, or null on the last.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);
