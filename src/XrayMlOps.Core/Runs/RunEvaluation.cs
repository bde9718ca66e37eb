using XrayMlOps.Core.Evaluation;

namespace XrayMlOps.Core.Runs;

/// <summary>
/// The figures of a finished run, of the weights of its best epoch. Epoch and temperature are chosen on validation; test is
/// computed once.
/// </summary>
/// <param name="Temperature">Divides the logits (Guo et al. 2017); chosen to minimise the validation loss.</param>
public sealed record RunEvaluation(int BestEpoch, double Temperature, EvaluationReport Train, EvaluationReport Validation, EvaluationReport Test);
