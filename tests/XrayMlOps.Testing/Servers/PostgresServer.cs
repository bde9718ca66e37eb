using System.ComponentModel;

namespace XrayMlOps.Testing.Servers;

/// <summary>PostgreSQL from the machine's own packages, with a cluster of its own that trusts whoever is on this machine.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string User = "xray";
    private readonly ServerProcess _process;
    private readonly string _programs;
    private readonly int _port;
    private int _databases;

    private PostgresServer(ServerProcess process, string programs, int port) => (_process, _programs, _port) = (process, programs, port);

    /// <summary>Starts a server. Skips the test where PostgreSQL is not installed.</summary>
    public static async Task<PostgresServer> StartAsync(CancellationToken cancellationToken)
    {
        var programs = FindPrograms();
        var folder = Directory.CreateTempSubdirectory("xray-postgres-");
        var data = Path.Combine(folder.FullName, "data");
        var port = ServerProcess.FreePort();
        // PostgreSQL refuses to run as root.
        string[] asOrdinaryUser = Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"] : [];
        string[] postgres =
        [
            .. asOrdinaryUser, Path.Combine(programs, "postgres"), "-D", data, "-p", $"{port}", "-h", "127.0.0.1", "-k", folder.FullName,
            "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off", "-c", "max_connections=200",
        ];
        var process = new ServerProcess(folder, postgres, "INT", token => AnswersAsync(programs, port, token));
        try
        {
            if (asOrdinaryUser is not []) await ServerProcess.RunAsync("chown", ["postgres:", folder.FullName], cancellationToken);
            string[] initdb = [.. asOrdinaryUser, Path.Combine(programs, "initdb"), "-D", data, "-U", User, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"];
            await ServerProcess.RunAsync(initdb[0], initdb[1..], cancellationToken);
            await process.StartAsync(cancellationToken);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
        return new PostgresServer(process, programs, port);
    }

    /// <summary>Makes an empty database and answers its connection string.</summary>
    public Task<string> CreateDatabaseAsync(CancellationToken cancellationToken) => CreateDatabaseAsync(User, cancellationToken);

    /// <summary>Makes an empty database that belongs to a new user, who must show a password, unlike anybody else; answers the connection string without it.</summary>
    public async Task<string> CreateDatabaseAsync(string user, string password, CancellationToken cancellationToken)
    {
        // The first line that fits is the one that counts.
        var rules = Path.Combine(_process.Folder.FullName, "data", "pg_hba.conf");
        await File.WriteAllTextAsync(rules, $"host all \"{user}\" 127.0.0.1/32 scram-sha-256\n{await File.ReadAllTextAsync(rules, cancellationToken)}", cancellationToken);
        await ServerProcess.RunAsync(
            Path.Combine(_programs, "psql"),
            ["-h", "127.0.0.1", "-p", $"{_port}", "-U", User, "-c", $"""CREATE ROLE "{user}" LOGIN PASSWORD '{password}'""", "-c", "SELECT pg_reload_conf()", "postgres"],
            cancellationToken);
        return await CreateDatabaseAsync(user, cancellationToken);
    }

    private async Task<string> CreateDatabaseAsync(string owner, CancellationToken cancellationToken)
    {
        var name = $"test{Interlocked.Increment(ref _databases)}";
        await ServerProcess.RunAsync(
            Path.Combine(_programs, "createdb"), ["-h", "127.0.0.1", "-p", $"{_port}", "-U", User, "-O", owner, "--maintenance-db=postgres", name], cancellationToken);
        return $"Host=127.0.0.1;Port={_port};Username={owner};Database={name}";
    }

    /// <summary>Takes the server away, as an outage does; what was committed stays.</summary>
    public Task StopAsync() => _process.StopAsync();

    /// <summary>Brings a stopped server back, on the same port with the same databases.</summary>
    public Task RestartAsync(CancellationToken cancellationToken) => _process.StartAsync(cancellationToken);

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static async Task<bool> AnswersAsync(string programs, int port, CancellationToken cancellationToken)
    {
        try
        {
            await ServerProcess.RunAsync(Path.Combine(programs, "pg_isready"), ["-q", "-h", "127.0.0.1", "-p", $"{port}"], cancellationToken);
            return true;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private static string FindPrograms()
    {
        // Debian keeps the programs of each version apart, and off the PATH.
        const string debian = "/usr/lib/postgresql";
        string[] versions = Directory.Exists(debian) ? Directory.GetDirectories(debian) : [];
        var newestFirst = versions.OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out var version) ? version : 0);
        if (ServerPrograms.Find("initdb", newestFirst.Select(folder => Path.Combine(folder, "bin"))) is not { } initdb)
            throw ServerPrograms.Missing("PostgreSQL's initdb is neither on the PATH nor in /usr/lib/postgresql/*/bin.");
        return Path.GetDirectoryName(initdb)!;
    }
}
