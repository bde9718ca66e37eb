using System.Security.Cryptography;
using System.Text;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Checkpoints;

/// <summary>Names weights by what they are, whatever file or metadata they are stored with.</summary>
internal static class WeightsDigest
{
    /// <summary>SHA-256, lower-case hexadecimal, of names, shapes and values in the order of the names (ordinal).</summary>
    public static string Of(IReadOnlyDictionary<string, Tensor> weights)
    {
        using var scope = NewDisposeScope();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, weight) in weights.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{name}:{weight.dtype}[{string.Join(',', weight.shape)}]\n"));
            hash.AppendData(weight.detach().cpu().contiguous().bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
