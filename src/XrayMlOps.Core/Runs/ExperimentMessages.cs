namespace XrayMlOps.Core.Runs;

/// <summary>How many runs meet a filter.</summary>
public sealed record RunCount(int Runs);

/// <summary>Runs under one name.</summary>
/// <param name="BestValidationAccuracy">Of any of its runs, at that run's epoch of the lowest validation loss; null before there is one.</param>
/// <param name="LastCreatedAt">When the newest of its runs was asked for.</param>
public sealed record ExperimentSummary(string Name, int Runs, int Running, double? BestValidationAccuracy, DateTimeOffset LastCreatedAt);

/// <summary>Moves a run to an experiment, which need not exist.</summary>
/// <param name="Experiment">Follows <see cref="Datasets.DatasetReference.NameRule"/>.</param>
public sealed record MoveRunRequest(string Experiment);

/// <summary>Sets a tag of a run.</summary>
public sealed record TagRunRequest(string Value);
