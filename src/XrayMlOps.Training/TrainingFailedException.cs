namespace XrayMlOps.Training;

/// <summary>The run itself is wrong (bad job or data, diverged, export differs): it becomes a <see cref="Core.Runs.TrainerFailed"/>.</summary>
public sealed class TrainingFailedException(string message, Exception? inner = null) : Exception(message, inner);
