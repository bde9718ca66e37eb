namespace XrayMlOps.Cli.Demo;

/// <summary>What the demo trains on what.</summary>
/// <param name="Images">A folder of films; null generates phantoms.</param>
/// <param name="Name">Of the dataset and of the model: a champion that knows phantoms only must never serve in the place of a real one.</param>
/// <param name="Epochs">Null takes what suits the network.</param>
internal sealed record DemoSettings(string? Images, string Name, string Architecture, int? Epochs);
