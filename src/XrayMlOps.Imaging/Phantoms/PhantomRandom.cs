namespace XrayMlOps.Imaging.Phantoms;

/// <summary>SplitMix64 (Steele, Lea and Flood 2014): a stream of numbers for each purpose, patient and film, whatever the thread.</summary>
internal struct PhantomRandom
{
    private ulong _state;

    public enum Stream
    {
        Plan,
        Anatomy,
        Acquisition,
        Consolidation,
        Reticulation,
    }

    public PhantomRandom(int seed, Stream stream, int patient = 0, int number = 0)
    {
        foreach (var part in (ReadOnlySpan<int>)[seed, (int)stream, patient, number]) _state = Mix(_state + (uint)part);
    }

    public ulong NextBits() => Mix(_state += 0x9E3779B97F4A7C15);

    /// <summary>0 to below 1.</summary>
    public float Next() => (NextBits() >> 40) / (float)(1 << 24);

    public float Between(float low, float high) => low + (high - low) * Next();

    private static ulong Mix(ulong bits)
    {
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        return bits ^ (bits >> 31);
    }
}
