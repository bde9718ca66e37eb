namespace XrayMlOps.Training.Optimisation;

/// <summary>
/// Seeds by purpose and epoch. Because no random state is carried from one epoch to the next, a run that goes on from a checkpoint
/// draws exactly what an uninterrupted one draws.
/// </summary>
internal static class Seeds
{
    public enum Purpose
    {
        InitialWeights,
        Order,
        Dropout,
        Augmentation,
    }

    /// <summary>A non-negative seed, mixed by SplitMix64 (Steele et al. 2014) so that neighbours are unrelated.</summary>
    public static int Of(int seed, Purpose purpose, int epoch = 0)
    {
        var mixed = Mix(Mix(Mix((uint)seed) + (uint)purpose) + (uint)epoch);
        return (int)(mixed >> 33);
    }

    private static ulong Mix(ulong value)
    {
        value += 0x9e3779b97f4a7c15;
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }
}
