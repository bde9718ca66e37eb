using XrayMlOps.Core.Access;

namespace XrayMlOps.ServiceDefaults.Access;

/// <summary>The key that this process asks itself with, where several hosts share one: made at its start, gone at its end, and never written anywhere.</summary>
public sealed class ProcessKey
{
    private const string Name = "process";

    public ProcessKey(ApiKeyRing ring) =>
        ring.Replace(Name, [new ApiKeyVerifier(Name, Name, Role.Service, ApiKeyDigest.Of(Text).ToString())]);

    public string Text { get; } = ApiKeyText.New(ApiKeyText.NewId());
}
