using System.Buffers.Text;
using System.Text.Json;
using Azure.Core;
using Npgsql;

namespace XrayMlOps.Storage.Postgres;

/// <summary>
/// Logs in to Azure Database for PostgreSQL without a secret: the password is a token of Microsoft Entra ID for the identity that the process has, in Azure the managed one.
/// </summary>
internal static class EntraLogin
{
    private const string AzureHost = ".postgres.database.azure.com";

    // A token is good for an hour at least and is only looked at when a connection is made. The credential remembers it, so that asking often costs nothing.
    private static readonly TimeSpan s_refresh = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(5);
    private static readonly TokenRequestContext s_database = new(["https://ossrdbms-aad.database.windows.net/.default"]);

    // Tokens for the database do not name a managed identity, those for Azure's own management do.
    private static readonly TokenRequestContext s_management = new(["https://management.azure.com/.default"]);

    /// <summary>Whether a connection string names a database in Azure and no password for it.</summary>
    public static bool IsMeantBy(NpgsqlConnectionStringBuilder settings) =>
        string.IsNullOrEmpty(settings.Password) && string.IsNullOrEmpty(settings.Passfile)
        && settings.Host?.Split(',').All(host => host.Split(':')[0].EndsWith(AzureHost, StringComparison.OrdinalIgnoreCase)) == true;

    /// <summary>Takes passwords, and the user's name where the connection string gives none, from an identity.</summary>
    /// <exception cref="InvalidOperationException">There is no name, and the identity's tokens hold none.</exception>
    public static void UseEntra(this NpgsqlDataSourceBuilder builder, TokenCredential identity)
    {
        var settings = builder.ConnectionStringBuilder;
        // A token is as good as a password: it is shown to nobody but the server that was named.
        if (settings.SslMode == SslMode.Prefer) settings.SslMode = SslMode.VerifyFull;
        if (string.IsNullOrEmpty(settings.Username))
        {
            settings.Username = UserOf(identity.GetToken(s_management, CancellationToken.None)) ?? UserOf(identity.GetToken(s_database, CancellationToken.None))
                ?? throw new InvalidOperationException(
                    $"ConnectionStrings:registry names no user of {settings.Host}, and the identity's token names none either: "
                    + "add Username=…, the name that the identity has in the database.");
        }
        builder.UsePeriodicPasswordProvider(
            async (_, cancellationToken) => (await identity.GetTokenAsync(s_database, cancellationToken)).Token, s_refresh, s_retry);
    }

    /// <summary>Whom a token (a JSON Web Token, RFC 7519) is for, as the database calls it: a person's sign-in name, or the name of a managed identity.</summary>
    private static string? UserOf(AccessToken token)
    {
        if (token.Token.Split('.') is not [_, var encoded, _] || !Base64Url.IsValid(encoded)) return null;
        using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(encoded));
        if (TextOf("xms_mirid") is { } resource && resource.Contains("/userAssignedIdentities/", StringComparison.OrdinalIgnoreCase))
            return resource[(resource.LastIndexOf('/') + 1)..];
        return TextOf("upn") ?? TextOf("preferred_username") ?? TextOf("unique_name");

        string? TextOf(string claim) => claims.RootElement.TryGetProperty(claim, out var value) ? value.GetString() : null;
    }
}
