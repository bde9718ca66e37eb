using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Core.Runs.Search;

/// <summary>What a field holds, and so what it is compared with and how.</summary>
public enum RunFieldKind
{
    Number,
    Whole,
    Time,
    State,
    Text,
}

/// <summary>What runs are searched and sorted by.</summary>
/// <param name="Name">As written, such as <c>learning_rate</c>; for tags <see cref="TagPrefix"/> and the key.</param>
public sealed record RunField(string Name, RunFieldKind Kind)
{
    public const string TagPrefix = "tag.";

    /// <summary>Every field that has a fixed name.</summary>
    public static IReadOnlyList<RunField> All { get; } =
    [
        new("id", RunFieldKind.Whole),
        new("state", RunFieldKind.State),
        new("arch", RunFieldKind.Text),
        new("dataset", RunFieldKind.Text),
        new("experiment", RunFieldKind.Text),
        new("accuracy", RunFieldKind.Number),
        new("loss", RunFieldKind.Number),
        new("test_accuracy", RunFieldKind.Number),
        new("test_loss", RunFieldKind.Number),
        new("epochs", RunFieldKind.Whole),
        new("epochs_asked", RunFieldKind.Whole),
        new("batch_size", RunFieldKind.Whole),
        new("learning_rate", RunFieldKind.Number),
        new("seed", RunFieldKind.Whole),
        new("created", RunFieldKind.Time),
        new("ended", RunFieldKind.Time),
        new("model", RunFieldKind.Text),
        new("schedule", RunFieldKind.Text),
        new("sweep", RunFieldKind.Whole),
        new("trial", RunFieldKind.Whole),
        new("worker", RunFieldKind.Text),
    ];

    /// <summary>The key, where the field is a tag.</summary>
    public string? Tag => Name.StartsWith(TagPrefix, StringComparison.Ordinal) ? Name[TagPrefix.Length..] : null;

    /// <summary>Whether runs can be sorted by it.</summary>
    public bool IsOrdered => Kind is RunFieldKind.Number or RunFieldKind.Whole or RunFieldKind.Time;

    public IReadOnlyList<RunOperator> Operators => Kind switch
    {
        RunFieldKind.Text => [RunOperator.Equal, RunOperator.NotEqual, RunOperator.Contains],
        RunFieldKind.State => [RunOperator.Equal, RunOperator.NotEqual],
        RunFieldKind.Time => [RunOperator.Less, RunOperator.LessOrEqual, RunOperator.Greater, RunOperator.GreaterOrEqual],
        _ => [RunOperator.Equal, RunOperator.NotEqual, RunOperator.Less, RunOperator.LessOrEqual, RunOperator.Greater, RunOperator.GreaterOrEqual],
    };

    /// <summary>The field of that name, or null.</summary>
    public static RunField? Find(string name) =>
        All.FirstOrDefault(field => field.Name == name) is { } field ? field
        : name.StartsWith(TagPrefix, StringComparison.Ordinal) && DatasetReference.IsName(name[TagPrefix.Length..]) ? new RunField(name, RunFieldKind.Text)
        : null;

    public override string ToString() => Name;
}
