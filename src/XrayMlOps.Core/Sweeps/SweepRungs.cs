namespace XrayMlOps.Core.Sweeps;

/// <summary>How long trials train before they are compared. A grid and random draws have one rung: the whole.</summary>
public static class SweepRungs
{
    /// <summary>The number of the last rung, from 0.</summary>
    public static int LastOf(SweepSpec spec)
    {
        var rung = 0;
        while (spec.Strategy == SweepStrategy.Asha && EpochsAt(spec, rung) < spec.Epochs) rung++;
        return rung;
    }

    /// <summary>Epochs in all of a trial at the end of a rung: <c>minEpochs * reduction^rung</c>, and no more than the trial's.</summary>
    public static int EpochsOf(SweepSpec spec, SweepTrial trial, int rung) =>
        spec.Strategy == SweepStrategy.Asha ? EpochsAt(spec, rung) : trial.Recipe.Epochs;

    /// <summary>Of successive halving, where all trials have the same.</summary>
    public static int EpochsAt(SweepSpec spec, int rung) => (int)Math.Min(spec.MinEpochs * Math.Pow(spec.Reduction, rung), spec.Epochs);
}
