using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace XrayMlOps.ControlPlane.Patients;

/// <summary>
/// Turns patient numbers into keys that tell nothing of them: HMAC-SHA256 (RFC 2104) with the deployment's secret. The same number has the same key
/// here, and another elsewhere.
/// </summary>
internal sealed class PatientPseudonyms(IOptions<ControlPlaneOptions> options)
{
    private const int ShortestSecret = 16;
    private const int KeyBytes = 16;

    /// <summary>Null if the deployment has no secret.</summary>
    private readonly byte[]? _secret = Read(options.Value.PseudonymSecret);

    public bool HasSecret => _secret is not null;

    /// <summary><c>p-</c> and the first 32 digits of the MAC. A deployment without a secret has no keys: ask <see cref="HasSecret"/> first.</summary>
    public string KeyOf(string patientId) => $"p-{Convert.ToHexStringLower(HMACSHA256.HashData(_secret!, Encoding.UTF8.GetBytes(patientId)).AsSpan(0, KeyBytes))}";

    /// <summary>What is wrong with a secret, or null. Does not repeat it.</summary>
    public static string? ProblemOf(string? secret) =>
        string.IsNullOrEmpty(secret) || Bytes(secret).Length >= ShortestSecret
            ? null
            : $"{ControlPlaneOptions.Section}:{nameof(ControlPlaneOptions.PseudonymSecret)} must have {ShortestSecret} bytes at least, as base64 or as text: 'openssl rand -base64 32' makes one";

    private static byte[]? Read(string? secret) => string.IsNullOrEmpty(secret) ? null : Bytes(secret);

    private static byte[] Bytes(string secret) => Base64.IsValid(secret) ? Convert.FromBase64String(secret) : Encoding.UTF8.GetBytes(secret);
}

internal sealed class PseudonymSecretValidation : IValidateOptions<ControlPlaneOptions>
{
    public ValidateOptionsResult Validate(string? name, ControlPlaneOptions options) =>
        PatientPseudonyms.ProblemOf(options.PseudonymSecret) is { } problem ? ValidateOptionsResult.Fail(problem) : ValidateOptionsResult.Success;
}
