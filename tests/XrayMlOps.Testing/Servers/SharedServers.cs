namespace XrayMlOps.Testing.Servers;

/// <summary>
/// The servers that the tests of an assembly share, each started by the first test that asks for it. A test project declares
/// <c>[assembly: AssemblyFixture(typeof(SharedServers))]</c> and its test classes take it as a constructor parameter.
/// </summary>
public sealed class SharedServers : IAsyncDisposable
{
    private readonly Lazy<Task<AzuriteServer>> _azurite = new(() => AzuriteServer.StartAsync(CancellationToken.None));
    private readonly Lazy<Task<PostgresServer>> _postgres = new(() => PostgresServer.StartAsync(CancellationToken.None));

    /// <inheritdoc cref="AzuriteServer.StartAsync"/>
    public Task<AzuriteServer> AzuriteAsync() => _azurite.Value;

    /// <inheritdoc cref="PostgresServer.StartAsync"/>
    public Task<PostgresServer> PostgresAsync() => _postgres.Value;

    public async ValueTask DisposeAsync()
    {
        if (_azurite is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }) await (await _azurite.Value).DisposeAsync();
        if (_postgres is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }) await (await _postgres.Value).DisposeAsync();
    }
}
