using System.Text.Json;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Core;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Cli.Runs.Comparing;

/// <param name="Values">One a run, in the order of the runs; null where a run does not have it.</param>
internal sealed record DifferingParameter(string Name, IReadOnlyList<string?> Values);

/// <summary>What was decided before a run, or found by it before it trained: all that may make two runs differ.</summary>
internal static class RunParameters
{
    public static IReadOnlyList<DifferingParameter> Differing(IReadOnlyList<RunResponse> runs)
    {
        var all = runs.Select(Of).ToArray();
        return
        [
            .. all.SelectMany(parameters => parameters.Select(parameter => parameter.Name)).Distinct()
                .Select(name => new DifferingParameter(name, [.. all.Select(parameters => parameters.FirstOrDefault(parameter => parameter.Name == name).Value)]))
                .Where(parameter => parameter.Values.Distinct().Skip(1).Any()),
        ];
    }

    private static List<(string Name, string? Value)> Of(RunResponse run) =>
    [
        ("dataset", $"{run.Dataset} {Figures.Short(run.DatasetDigest)}"),
        ("network", $"{run.Architecture} {Figures.Short(run.ArchitectureDigest)}"),
        .. Flatten("", JsonSerializer.SerializeToElement(run.Recipe, XrayJson.Compact)),
        ("commit", run.GitCommit),
        ("device", run.Device),
        ("threads", run.Threads?.ToString()),
        .. run.Packages.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, (string?)pair.Value)),
        .. run.Environment.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, (string?)pair.Value)),
    ];

    /// <summary>The members of a JSON object and of those within it, as <c>augmentation.shift</c>.</summary>
    private static IEnumerable<(string Name, string? Value)> Flatten(string prefix, JsonElement members) => members.EnumerateObject().SelectMany(member =>
        member.Value.ValueKind == JsonValueKind.Object ? Flatten($"{prefix}{member.Name}.", member.Value) : [($"{prefix}{member.Name}", member.Value.ToString())]);
}
