namespace XrayMlOps.Cli.Doctor;

internal enum FindingState
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>The main job runs, but something could be better.</summary>
    Warning,

    /// <summary>The main job does not run.</summary>
    Missing,
}

/// <summary>One line of the doctor's report.</summary>
/// <param name="Advice">What to do, unless all is well.</param>
internal sealed record Finding(string Name, FindingState State, string Detail, string? Advice = null);

/// <summary>Looks at one thing that the platform needs. Whatever it throws becomes a <see cref="FindingState.Missing"/>.</summary>
internal interface IExamination
{
    string Name { get; }

    /// <summary>What to do where <see cref="ExamineAsync"/> throws.</summary>
    string Advice { get; }

    Task<IReadOnlyList<Finding>> ExamineAsync(CancellationToken cancellationToken);
}
