using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Datasets.Push;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Datasets;

/// <summary>Shows a dataset version, and what a push made of a folder, to a person.</summary>
internal static class DatasetVersionView
{
    private const int DuplicatesShown = 5;

    public static void WriteVersion(this IAnsiConsole console, DatasetVersionResponse version)
    {
        console.WriteFacts(
            ("Dataset", version.Reference),
            ("Films", $"{Figures.Count(version.Images)} of {Figures.Count(version.Patients, "patient")}, {Figures.Size(version.Bytes)}"),
            ("Split", Describe(version.Split)),
            ("Made from", version.Base),
            ("Test set of", version.FrozenTest),
            ("Tags", version.Tags.Count > 0 ? string.Join(", ", version.Tags) : null),
            ("Note", version.Note),
            ("Digest", $"sha256:{version.Digest}"),
            ("Created", Figures.Time(version.CreatedAt)));
        console.WriteClassTable(version);
    }

    public static void WritePush(this IAnsiConsole console, PushOutcome outcome)
    {
        var found = outcome.Found;
        console.WriteLine(
            $"Found {Figures.Count(found.Normal)} normal, {Figures.Count(found.Bacteria)} bacteria and {Figures.Count(found.Virus, "virus film")}.");
        console.MarkupLineInterpolated(outcome.Created
            ? (FormattableString)$"[green]New version[/] {outcome.Version.Reference}: {Figures.Count(outcome.Uploaded, "new file")} uploaded."
            : $"[green]No new version[/]: {outcome.Version.Reference} holds the same.");
        console.WriteVersion(outcome.Version);
        if (outcome.Ignored > 0) console.WriteLine($"Ignored: {Figures.Count(outcome.Ignored, "other file")} (hidden, or no film by its name).");
        if (outcome.Duplicates.Count > 0)
        {
            console.MarkupLineInterpolated($"[yellow]Skipped[/] as exact duplicates: {Figures.Count(outcome.Duplicates.Count, "file")}");
            console.WriteLines(outcome.Duplicates.Take(DuplicatesShown).Select(film => $"  {film.File} = {film.SameAs}"));
            if (outcome.Duplicates.Count > DuplicatesShown)
                console.WriteLine($"  and {Figures.Count(outcome.Duplicates.Count - DuplicatesShown)} more: --json names them all");
        }
        if (outcome.Rejected.Count > 0)
        {
            console.MarkupLineInterpolated($"[yellow]Skipped[/] as bad: {Figures.Count(outcome.Rejected.Count, "file")}");
            console.WriteLine(RejectedFilms.Lines(outcome.Rejected).TrimStart('\n'));
        }
    }

    /// <summary>Shows a version that was made of another one alone.</summary>
    public static void WriteDerived(this IAnsiConsole console, PushCompleted made, string origin)
    {
        console.MarkupLineInterpolated(made.Created
            ? (FormattableString)$"[green]New version[/] {made.Version.Reference}. What changed: xray dataset diff {made.Version.Base ?? origin} {made.Version.Reference}"
            : $"[green]No new version[/]: nothing changes in {made.Version.Reference}.");
        console.WriteVersion(made.Version);
    }

    private static string Describe(SplitRule split) =>
        $"{100 * split.Train:0.#} / {100 * split.Validation:0.#} / {100 * split.Test:0.#} by patient, seed {split.Seed}";
}
