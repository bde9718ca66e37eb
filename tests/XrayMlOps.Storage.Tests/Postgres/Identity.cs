using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Text;
using Azure.Core;

namespace XrayMlOps.Storage.Tests.Postgres;

/// <summary>An identity whose tokens have the form of Entra's and the claims that a test gives them.</summary>
/// <param name="management">Claims of its tokens for Azure's management, as JSON.</param>
/// <param name="database">Claims of its tokens for databases.</param>
internal sealed class Identity(string management, string database) : TokenCredential
{
    private readonly ConcurrentQueue<string> _asked = [];

    public IEnumerable<string> Asked => _asked;

    public string DatabaseToken { get; } = TokenOf(database);

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        var scope = Assert.Single(requestContext.Scopes);
        _asked.Enqueue(scope);
        return new AccessToken(scope.StartsWith("https://ossrdbms-aad.", StringComparison.Ordinal) ? DatabaseToken : TokenOf(management), DateTimeOffset.MaxValue);
    }

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        ValueTask.FromResult(GetToken(requestContext, cancellationToken));

    private static string TokenOf(string claims) => $"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.c2lnbmVk";
}
