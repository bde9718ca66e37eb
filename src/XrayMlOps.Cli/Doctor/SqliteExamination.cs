using Microsoft.Data.Sqlite;

namespace XrayMlOps.Cli.Doctor;

/// <summary>Whether the registry's database loads.</summary>
internal sealed class SqliteExamination : IExamination
{
    public string Name => "SQLite";

    public string Advice => "Its native library comes with the build: build again on this machine.";

    public async Task<IReadOnlyList<Finding>> ExamineAsync(CancellationToken cancellationToken)
    {
        await using var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync(cancellationToken);
        return [new Finding(Name, FindingState.Ok, connection.ServerVersion)];
    }
}
