using System.Net.Http.Headers;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Hosting;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Cli.Tests;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Models;
using XrayMlOps.Core.Runs;

[assembly: AssemblyFixture(typeof(Platform))]

namespace XrayMlOps.Cli.Tests;

/// <summary>
/// The whole platform on the embedded default, on a free port, after one turn of the loop: phantoms pushed as <see cref="Dataset"/>,
/// a network trained on them, its model registered as <see cref="Model"/>, made champion and served. All of it through the verbs.
/// </summary>
public sealed class Platform : IAsyncLifetime
{
    public const string Dataset = "loop";
    public const string Model = "loop";
    private const int FilmsPerClass = 40;

    private readonly TestFolder _data = new();
    private readonly TestFolder _films = new();
    private readonly TextWriter _log = new StringWriter();
    private XrayHost? _host;

    internal string Server => _host!.Address.ToString();

    internal string DataDirectory => _data.Path;

    internal IServiceProvider Services => _host!.Services;

    /// <summary>A client that sends the admin's key.</summary>
    internal HttpClient Http() => new()
    {
        BaseAddress = new Uri(Server),
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", LocalAdminKey.Find(DataDirectory)) },
    };

    /// <summary>The folder that was pushed.</summary>
    internal string Films => _films.Path;

    internal PushedDataset Pushed { get; private set; } = null!;

    internal RunResponse Run { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Environment.SetEnvironmentVariable(DataFolder.Variable, _data.Path); // where verbs keep what they download
        _films.WritePhantoms(FilmsPerClass, seed: 1);
        var terminal = new Terminal(Terminal.Console(_log, redirected: true), Terminal.Console(_log, redirected: true), TimeProvider.System);
        _host = await XrayHost.StartAsync(
            new HostSettings(_data.Path, "http://127.0.0.1:0", Model, Verbose: false), terminal, TestContext.Current.CancellationToken);

        Pushed = await XrayRun.Json<PushedDataset>("dataset", "push", Films, "--name", Dataset, "--server", Server);
        Run = await XrayRun.Json<RunResponse>("train", "--dataset", Dataset, "--arch", "phantom_net", "--epochs", "6", "--wait", "--server", Server);
        await XrayRun.Json<ModelVersionResponse>("models", "register", Run.Id.ToString(), "--name", Model, "--server", Server);
        await XrayRun.Json<PromotionResponse>("models", "promote", $"{Model}:1", "--reason", "test", "--server", Server);
        using var client = new RegistryClient(_host.Address, LocalAdminKey.Find(_data.Path));
        while (true)
        {
            try
            {
                await client.ServedModelAsync(TestContext.Current.CancellationToken);
                return;
            }
            catch (ServerProblem)
            {
                await Task.Delay(50, TestContext.Current.CancellationToken); // no champion yet
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        _data.Dispose();
        _films.Dispose();
    }

    internal sealed record FoundFilms(int Normal, int Bacteria, int Virus);

    /// <summary>What <c>dataset push --json</c> prints.</summary>
    internal sealed record PushedDataset(
        DatasetVersionResponse Version, bool Created, FoundFilms Found, IReadOnlyList<RejectedFilm> Rejected, IReadOnlyList<DuplicateFilm> Duplicates, int Ignored, int Uploaded);
}
