using System.CommandLine;
using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Access;

namespace XrayMlOps.Cli.Access;

/// <summary><c>xray keys list</c>.</summary>
internal sealed class KeysListCommand(Terminal terminal) : ServerVerb("list", "List the API keys that were made, without the keys themselves", terminal)
{
    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var keys = await client.KeysAsync(cancellationToken).ToListAsync(cancellationToken);
        if (json)
        {
            Terminal.WriteJson(keys);
        }
        else if (keys.Count == 0)
        {
            Terminal.Output.WriteLine("No key was made yet. Make one: xray keys create NAME --role caller");
        }
        else
        {
            var table = Tables.Of("Id", "Name", "Role", "State", "Made by", "Made");
            foreach (var key in keys.OrderBy(key => key.Name, StringComparer.Ordinal))
                table.Row(key.Id, key.Name, key.Role.ToString().ToLowerInvariant(), StateOf(key), key.CreatedBy ?? "", Figures.Time(key.CreatedAt));
            Terminal.Output.WriteWhole(table);
        }
        return ExitCode.Ok;
    }

    private string StateOf(ApiKeyResponse key) => key switch
    {
        { RevokedAt: { } at } => $"revoked {Figures.Time(at)}",
        { ExpiresAt: { } end } when end <= Terminal.Time.GetUtcNow() => $"expired {Figures.Time(end)}",
        _ => $"good until {Figures.Time(key.ExpiresAt)}",
    };
}
