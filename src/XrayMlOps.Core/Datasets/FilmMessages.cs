namespace XrayMlOps.Core.Datasets;

/// <summary>
/// Asks which films the server lacks, so that only those are uploaded. What it has is pinned: no collection removes it for the time that a
/// push needs.
/// </summary>
/// <param name="Verify">Ask the blob store about every film, rather than trust the registry; heals what was lost from the store.</param>
public sealed record MissingFilmsRequest(IReadOnlyList<string> Digests, bool Verify = false);

public sealed record MissingFilmsResponse(IReadOnlyList<string> Missing);

/// <summary>Patient numbers of films to be pushed, to be replaced by keys before anything is uploaded.</summary>
/// <param name="PatientIds">As the films' files give them. They are not kept.</param>
public sealed record PseudonymRequest(IReadOnlyList<string> PatientIds);

/// <param name="Keys">One a patient number, in the order given: the same number has the same key in this deployment, and no other.</param>
public sealed record PseudonymResponse(IReadOnlyList<string> Keys);
