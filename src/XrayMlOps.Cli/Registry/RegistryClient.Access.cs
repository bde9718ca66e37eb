using System.Globalization;
using XrayMlOps.Core.Access;

namespace XrayMlOps.Cli.Registry;

internal sealed partial class RegistryClient
{
    public Task<IssuedKeyResponse> CreateKeyAsync(CreateKeyRequest request, CancellationToken cancellationToken) =>
        PostAsync<CreateKeyRequest, IssuedKeyResponse>("api/keys", request, cancellationToken);

    public Task<IssuedKeyResponse> RotateKeyAsync(string id, RotateKeyRequest request, CancellationToken cancellationToken) =>
        PostAsync<RotateKeyRequest, IssuedKeyResponse>($"api/keys/{Escape(id)}/rotate", request, cancellationToken);

    public async Task RevokeKeyAsync(string id, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"api/keys/{Escape(id)}"), cancellationToken);
    }

    public IAsyncEnumerable<ApiKeyResponse> KeysAsync(CancellationToken cancellationToken) => ListAsync<ApiKeyResponse>("api/keys", cancellationToken);

    /// <summary>The audit log, the latest first.</summary>
    public IAsyncEnumerable<AuditEntryResponse> AuditAsync(string? caller, string? target, DateTimeOffset? from, CancellationToken cancellationToken) =>
        ListAsync<AuditEntryResponse>(
            "api/audit", cancellationToken,
            $"{(caller is null ? "" : $"&caller={Escape(caller)}")}{(target is null ? "" : $"&target={Escape(target)}")}"
            + (from is { } since ? $"&from={Escape(since.ToString("O", CultureInfo.InvariantCulture))}" : ""));
}
