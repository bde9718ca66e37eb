using System.CommandLine;
using System.Data.Common;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Hosting;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Storage;

namespace XrayMlOps.Cli.Backups;

/// <summary>
/// Says which storage a verb works on: what <c>xray up</c> with the same options and environment would serve, unless <c>--registry</c> or <c>--blobs</c> names another.
/// </summary>
internal sealed class StorageOptions
{
    private readonly DataDirectoryOption _dataDirectory = new();
    private readonly ConnectionOption _registry = new("registry", "The database", "CONNECTION");
    private readonly ConnectionOption _blobs = new("blobs", "The blob store", "CONNECTION");

    public void AddTo(Command command)
    {
        command.Add(_dataDirectory);
        command.Add(_registry);
        command.Add(_blobs);
    }

    /// <summary>Opens the storage; a data folder is owned until it is disposed.</summary>
    /// <exception cref="CommandFailure">A connection string is malformed, or a server is at work in the data folder.</exception>
    public OpenStorage Open(ParseResult arguments)
    {
        string? registry = _registry.In(arguments), blobs = _blobs.In(arguments);
        var folder = registry is null || blobs is null ? DataFolder.Open(DataFolder.Resolve(arguments.GetValue(_dataDirectory))) : null;
        try
        {
            var settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["ConnectionStrings:registry"] = registry ?? folder!.RegistryConnection,
                ["ConnectionStrings:blobs"] = blobs ?? folder!.Blobs,
            }).Build();
            return new OpenStorage(RegistryStorage.OpenRegistry(settings), RegistryStorage.OpenBlobs(settings), folder);
        }
        catch (InvalidOperationException problem)
        {
            folder?.Dispose();
            throw new CommandFailure(ExitCode.BadInput, problem.Message);
        }
        catch
        {
            folder?.Dispose();
            throw;
        }
    }

    /// <summary>A connection string: the option, else the variable that hosts read. One that holds a secret is for the variable alone, for others see the arguments of a process.</summary>
    private sealed class ConnectionOption : Option<string?>
    {
        private static readonly string[] s_secrets = ["Password", "PWD", "AccountKey", "SharedAccessSignature", "Passphrase", "SSL Password"];

        private readonly string _variable;

        public ConnectionOption(string name, string what, string helpName) : base($"--{name}")
        {
            _variable = $"ConnectionStrings__{name}";
            Description = $"{what}, or {_variable} [default: in the data folder]. One with a key or password only goes into the variable";
            HelpName = helpName;
            Validators.Add(result =>
            {
                if (result.GetValueOrDefault<string?>() is { } value && HoldsSecret(value))
                    result.AddError($"--{name} holds a secret, which others on this machine could read: put it into the environment instead, as {_variable}.");
            });
        }

        public string? In(ParseResult arguments) =>
            arguments.GetValue(this) is { Length: > 0 } value ? value : Environment.GetEnvironmentVariable(_variable) is { Length: > 0 } variable ? variable : null;

        private static bool HoldsSecret(string value)
        {
            if (Uri.TryCreate(value, UriKind.Absolute, out var address) && !address.IsFile)
            {
                return address.UserInfo.Contains(':', StringComparison.Ordinal)
                    || new[] { "sig=", "password=" }.Any(part => address.Query.Contains(part, StringComparison.OrdinalIgnoreCase));
            }
            try
            {
                DbConnectionStringBuilder keywords = new() { ConnectionString = value };
                return s_secrets.Any(keywords.ContainsKey) || keywords.Values.Cast<object>().Any(part => $"{part}".Contains("sig=", StringComparison.OrdinalIgnoreCase));
            }
            catch (ArgumentException)
            {
                return false; // a folder
            }
        }
    }
}

/// <summary>The storage that a verb works on.</summary>
internal sealed class OpenStorage(RegistryDatabase registry, IBlobStore blobs, DataFolder? folder) : IDisposable
{
    public RegistryDatabase Registry { get; } = registry;

    public IBlobStore Blobs { get; } = blobs;

    public void Dispose()
    {
        Registry.Dispose();
        folder?.Dispose();
    }
}
