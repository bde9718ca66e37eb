using Azure.Core;
using Azure.Identity;
using Npgsql;

namespace XrayMlOps.Storage.Postgres;

/// <summary>A database in PostgreSQL: every connection to it, the registry's and the job queue's, is made here and taken from one pool.</summary>
internal sealed class PostgresDatabase : IDisposable
{
    // Nothing is asked of an identity before there is something to connect to.
    private readonly Lazy<NpgsqlDataSource> _source;

    /// <param name="settings">Without a password for a database in Azure, the process's identity logs in.</param>
    public PostgresDatabase(NpgsqlConnectionStringBuilder settings)
        : this(settings, EntraLogin.IsMeantBy(settings) ? new DefaultAzureCredential() : null)
    {
    }

    /// <param name="identity">Logs in in place of a password; null: the settings say how.</param>
    internal PostgresDatabase(NpgsqlConnectionStringBuilder settings, TokenCredential? identity)
    {
        Settings = settings;
        _source = new Lazy<NpgsqlDataSource>(() =>
        {
            NpgsqlDataSourceBuilder builder = new(settings.ConnectionString);
            if (identity is not null) builder.UseEntra(identity);
            return builder.Build();
        });
    }

    public NpgsqlConnectionStringBuilder Settings { get; }

    /// <summary>A connection that is not open yet.</summary>
    public NpgsqlConnection CreateConnection() => _source.Value.CreateConnection();

    public void Dispose()
    {
        if (_source.IsValueCreated) _source.Value.Dispose();
    }
}
